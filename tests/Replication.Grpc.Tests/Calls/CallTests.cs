using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;
using Replication.Grpc.Calls;
using Replication.Grpc.Wire;

namespace Replication.Grpc.Tests.Calls;

public class CallTests
{
    [Fact]
    public async Task A_unary_call_brings_its_answer_and_its_metadata()
    {
        await using EchoServer server = await new EchoServer().StartAsync();
        Metadata headers = new Metadata().Add("trace", "abc").Add("raw-bin", [0, 255, 7]);

        ReadOnlyMemory<byte> answer = await server.Channel.UnaryAsync(
            EchoServer.Unary, new byte[] { 1, 2, 3 }, new CallOptions(TimeSpan.FromSeconds(30), headers));

        Assert.Equal([1, 2, 3], answer.ToArray());
        Assert.Equal("abc", server.SeenHeaders!.GetText("trace"));
        Assert.Equal([0, 255, 7], server.SeenHeaders.GetBytes("raw-bin")!);
        Assert.Equal(TimeSpan.FromSeconds(30), server.SeenTimeout);
    }

    [Fact]
    public async Task Every_status_arrives_with_its_message_and_details()
    {
        await using EchoServer server = await new EchoServer().StartAsync();
        server.FailureTrailers.Add(GrpcHeaders.StatusDetails, [9, 8, 7]);
        for (int code = 1; code <= 16; code++)
        {
            server.Failure = new Status((StatusCode)code, "größer als 100 %\nend");
            RpcException e = await Assert.ThrowsAsync<RpcException>(() => CallAsync(server, EchoServer.Fail));
            Assert.Equal(server.Failure, e.Status);
            Assert.Equal([9, 8, 7], e.Details!);
            Assert.False(e.WasNeverSent);
        }
    }

    [Fact]
    public async Task An_unknown_method_is_unimplemented()
    {
        await using EchoServer server = await new EchoServer().StartAsync();
        RpcException e = await Assert.ThrowsAsync<RpcException>(() => CallAsync(server, EchoServer.Missing));
        Assert.Equal(StatusCode.Unimplemented, e.StatusCode);
        Assert.Contains("/test.Echo/Missing", e.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bug_in_a_handler_ends_its_call_and_tells_no_stranger_why()
    {
        await using EchoServer server = await new EchoServer().StartAsync();
        RpcException e = await Assert.ThrowsAsync<RpcException>(() => CallAsync(server, EchoServer.Crash));
        Assert.Equal(StatusCode.Unknown, e.StatusCode);
        Assert.DoesNotContain("a bug", e.Message, StringComparison.Ordinal);
        Assert.Equal(1, (await CallAsync(server, EchoServer.Unary)).Length);
    }

    [Fact]
    public async Task An_oversized_message_is_resource_exhausted_and_the_largest_allowed_one_is_not()
    {
        await using EchoServer server = await new EchoServer().StartAsync();
        byte[] largest = new byte[MessageFrame.MessageBytesMaxDefault];
        Assert.Equal(largest.Length, (await server.Channel.UnaryAsync(EchoServer.Unary, largest, default)).Length);

        RpcException e = await Assert.ThrowsAsync<RpcException>(
            () => server.Channel.UnaryAsync(EchoServer.Unary, new byte[largest.Length + 1], default));
        Assert.Equal(StatusCode.ResourceExhausted, e.StatusCode);
        Assert.Contains("4194304", e.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_clients_deadline_ends_a_call_that_hangs_and_tells_the_server()
    {
        await using EchoServer server = await new EchoServer().StartAsync();
        FakeTimeProvider time = new();
        using GrpcChannel channel = new(
            new DnsEndPoint("127.0.0.1", server.Listener.Address.Port), new GrpcChannelOptions { Time = time });
        Task<ReadOnlyMemory<byte>> call =
            channel.UnaryAsync(EchoServer.Hang, new byte[1], new CallOptions(TimeSpan.FromSeconds(50)));
        await server.Hanging.Task;
        time.Advance(TimeSpan.FromSeconds(51));
        RpcException e = await Assert.ThrowsAsync<RpcException>(() => call);
        Assert.Equal(StatusCode.DeadlineExceeded, e.StatusCode);
        Assert.False(e.WasNeverSent);
        await server.Cancelled.Task;
    }

    [Fact]
    public async Task A_deadline_that_passes_before_a_connection_stands_leaves_no_doubt()
    {
        using TcpListener silent = new(IPAddress.Loopback, 0);
        silent.Start();
        FakeTimeProvider time = new();
        using GrpcChannel channel = new(
            new DnsEndPoint("127.0.0.1", ((IPEndPoint)silent.LocalEndpoint).Port),
            new GrpcChannelOptions
            {
                Tls = new SslClientAuthenticationOptions { TargetHost = "nobody" },
                ConnectTimeout = TimeSpan.FromMinutes(5),
                Time = time,
            });
        Task<ReadOnlyMemory<byte>> call =
            channel.UnaryAsync(EchoServer.Unary, new byte[1], new CallOptions(TimeSpan.FromSeconds(5)));
        using TcpClient waiting = await silent.AcceptTcpClientAsync();
        time.Advance(TimeSpan.FromSeconds(6));
        RpcException e = await Assert.ThrowsAsync<RpcException>(() => call);
        Assert.Equal(StatusCode.DeadlineExceeded, e.StatusCode);
        Assert.True(e.WasNeverSent);
    }

    [Fact]
    public async Task The_server_ends_a_call_whose_deadline_has_passed_by_itself()
    {
        await using EchoServer server = await new EchoServer().StartAsync();

        // The deadline travels as metadata would, so that the client itself knows of none.
        using HttpMessageInvoker http = new(new SocketsHttpHandler { UseProxy = false });
        using HttpRequestMessage request =
            new(HttpMethod.Post, new Uri(server.Channel.Address, EchoServer.Hang.FullName))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent([0, 0, 0, 0, 0]),
        };
        request.Content.Headers.Add("content-type", "application/grpc");
        request.Headers.Add("grpc-timeout", "20m");
        using HttpResponseMessage response = await http.SendAsync(request, CancellationToken.None);

        Assert.Equal("4", response.Headers.GetValues("grpc-status").Single());
    }

    [Fact]
    public async Task Cancelling_a_call_resets_its_stream()
    {
        await using EchoServer server = await new EchoServer().StartAsync();
        using CancellationTokenSource source = new();
        Task<ReadOnlyMemory<byte>> call = server.Channel.UnaryAsync(
            EchoServer.Hang, new byte[1], new CallOptions(CancellationToken: source.Token));
        await server.Hanging.Task;
        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await server.Cancelled.Task;
    }

    [Fact]
    public async Task No_server_is_unavailable_and_surely_never_sent()
    {
        using GrpcChannel channel = new(new DnsEndPoint("127.0.0.1", FreePort()), new GrpcChannelOptions());
        RpcException e = await Assert.ThrowsAsync<RpcException>(
            () => channel.UnaryAsync(EchoServer.Unary, new byte[1], default));
        Assert.Equal(StatusCode.Unavailable, e.StatusCode);
        Assert.True(e.WasNeverSent);
    }

    [Fact]
    public async Task A_server_that_dies_in_a_call_is_unavailable_and_perhaps_sent()
    {
        EchoServer server = await new EchoServer().StartAsync();
        Task<ReadOnlyMemory<byte>> call = server.Channel.UnaryAsync(EchoServer.Hang, new byte[1], default);
        await server.Hanging.Task;
        await server.Listener.DisposeAsync();

        RpcException e = await Assert.ThrowsAsync<RpcException>(() => call);
        Assert.Equal(StatusCode.Unavailable, e.StatusCode);
        Assert.False(e.WasNeverSent);
        await server.DisposeAsync();
    }

    [Fact]
    public async Task A_channel_finds_its_server_again_after_a_restart()
    {
        EchoServer first = await new EchoServer().StartAsync();
        int port = first.Listener.Address.Port;
        await CallAsync(first, EchoServer.Unary);
        await first.Listener.DisposeAsync();
        await Assert.ThrowsAsync<RpcException>(() => CallAsync(first, EchoServer.Unary));

        await using EchoServer second = await new EchoServer(port).StartAsync();
        Assert.Equal(1, (await CallAsync(first, EchoServer.Unary)).Length);
        first.Channel.Dispose();
    }

    [Fact]
    public async Task Garbage_on_the_port_leaves_the_server_alive()
    {
        await using EchoServer server = await new EchoServer().StartAsync();
        for (int seed = 1; seed <= 50; seed++)
        {
            Random random = new(seed);
            byte[] garbage = new byte[random.Next(1, 2000)];
            random.NextBytes(garbage);
            using TcpClient client = new();
            await client.ConnectAsync(IPAddress.Loopback, server.Listener.Address.Port);
            if (seed % 2 == 0)
            {
                // A true start, so that the garbage reaches the frame layer.
                await client.GetStream().WriteAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray());
            }

            await client.GetStream().WriteAsync(garbage);
            client.Client.Shutdown(SocketShutdown.Send);
        }

        Assert.Equal(1, (await CallAsync(server, EchoServer.Unary)).Length);
    }

    [Fact]
    public async Task Requests_that_are_not_grpc_get_an_http_answer()
    {
        await using EchoServer server = await new EchoServer().StartAsync();
        using HttpMessageInvoker http = new(new SocketsHttpHandler { UseProxy = false });

        Assert.Equal(HttpStatusCode.MethodNotAllowed, await SendAsync(HttpMethod.Get, "application/grpc", null));
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, await SendAsync(HttpMethod.Post, "application/json", null));
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, await SendAsync(HttpMethod.Post, "application/grpcx", null));
        Assert.Equal("12", await StatusOfAsync("gzip", [0, 0, 0, 0, 0]));
        Assert.Equal("12", await StatusOfAsync(null, [1, 0, 0, 0, 0]));
        Assert.Equal("13", await StatusOfAsync(null, []));
        Assert.Equal("13", await StatusOfAsync(null, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0]));

        async Task<HttpStatusCode> SendAsync(HttpMethod method, string type, string? encoding)
        {
            using HttpResponseMessage response = await RawAsync(method, type, encoding, [0, 0, 0, 0, 0]);
            return response.StatusCode;
        }

        async Task<string> StatusOfAsync(string? encoding, byte[] body)
        {
            using HttpResponseMessage response = await RawAsync(HttpMethod.Post, "application/grpc", encoding, body);
            string status = response.Headers.GetValues("grpc-status").Single();
            Assert.Equal(status == "12", response.Headers.Contains("grpc-accept-encoding"));
            return status;
        }

        async Task<HttpResponseMessage> RawAsync(HttpMethod method, string type, string? encoding, byte[] body)
        {
            using HttpRequestMessage request = new(method, new Uri(server.Channel.Address, EchoServer.Unary.FullName))
            {
                Version = HttpVersion.Version20,
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
                Content = new ByteArrayContent(body),
            };
            request.Content.Headers.Add("content-type", type);
            if (encoding is not null)
            {
                request.Headers.Add("grpc-encoding", encoding);
            }

            return await http.SendAsync(request, CancellationToken.None);
        }
    }

    internal static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static Task<ReadOnlyMemory<byte>> CallAsync(
        EchoServer server, Method<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> method) =>
        server.Channel.UnaryAsync(method, new byte[1], new CallOptions(TimeSpan.FromSeconds(30)));
}
