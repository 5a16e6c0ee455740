using Replication.Grpc.Calls;
using Replication.Grpc.Wire;

namespace Replication.Grpc.Tests.Calls;

public class StreamingTests
{
    [Fact]
    public async Task A_duplex_stream_echoes_in_order_while_both_sides_are_open()
    {
        await using EchoServer server = await new EchoServer().StartAsync();
        using StreamingCall<ReadOnlyMemory<byte>,
            ReadOnlyMemory<byte>> call = server.Channel.Open(EchoServer.Duplex, default);
        for (int i = 0; i < 1000; i++)
        {
            await call.WriteAsync(BitConverter.GetBytes(i));
            Assert.True(await call.ReadAsync());
            Assert.Equal(i, BitConverter.ToInt32(call.Current.Span));
        }

        call.CompleteRequests();
        Assert.False(await call.ReadAsync());
    }

    [Fact]
    public async Task A_message_larger_than_the_window_of_the_stream_arrives_without_a_further_write()
    {
        await using EchoServer server = await new EchoServer().StartAsync();
        using StreamingCall<ReadOnlyMemory<byte>,
            ReadOnlyMemory<byte>> call = server.Channel.Open(EchoServer.Duplex, default);
        byte[] message = new byte[MessageFrame.MessageBytesMaxDefault];
        for (int i = 0; i < 20; i++)
        {
            message[^1] = (byte)i;
            await call.WriteAsync(message).AsTask().WaitAsync(TimeSpan.FromSeconds(60));
            Assert.True(await call.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60)));
            Assert.Equal(message.Length, call.Current.Length);
            Assert.Equal((byte)i, call.Current.Span[^1]);
        }
    }

    [Fact]
    public async Task A_client_stream_is_counted_whole()
    {
        await using EchoServer server = await new EchoServer().StartAsync();
        using StreamingCall<ReadOnlyMemory<byte>,
            ReadOnlyMemory<byte>> call = server.Channel.Open(EchoServer.Count, default);
        for (int i = 0; i < 321; i++)
        {
            await call.WriteAsync(new byte[i]);
        }

        call.CompleteRequests();
        Assert.True(await call.ReadAsync());
        Assert.Equal(321, BitConverter.ToInt32(call.Current.Span));
        Assert.False(await call.ReadAsync());
    }

    [Fact]
    public async Task A_server_stream_ends_with_its_status_after_its_messages()
    {
        await using EchoServer server = await new EchoServer().StartAsync();
        Assert.Equal(5, await RepeatAsync(server, 5));

        RpcException e = await Assert.ThrowsAsync<RpcException>(() => RepeatAsync(server, 7));
        Assert.Equal(new Status(StatusCode.Aborted, "after seven"), e.Status);
    }

    [Fact]
    public async Task Disposing_a_stream_resets_it_and_the_channel_lives_on()
    {
        await using EchoServer server = await new EchoServer().StartAsync();
        StreamingCall<ReadOnlyMemory<byte>,
            ReadOnlyMemory<byte>> call = server.Channel.Open(EchoServer.Duplex, default);
        await call.WriteAsync(new byte[3]);
        Assert.True(await call.ReadAsync());
        ValueTask<bool> pending = call.ReadAsync();
        call.Dispose();

        RpcException e = await Assert.ThrowsAsync<RpcException>(async () => await pending);
        Assert.Equal(StatusCode.Cancelled, e.StatusCode);
        Assert.Equal(5, await RepeatAsync(server, 5));
    }

    [Fact]
    public async Task Writing_to_a_stream_without_a_server_fails_instead_of_waiting()
    {
        EchoServer server = await new EchoServer().StartAsync();
        await server.Listener.DisposeAsync();
        using StreamingCall<ReadOnlyMemory<byte>,
            ReadOnlyMemory<byte>> call = server.Channel.Open(EchoServer.Duplex, default);

        RpcException e = await Assert.ThrowsAsync<RpcException>(async () => await call.WriteAsync(new byte[1]));
        Assert.Equal(StatusCode.Unavailable, e.StatusCode);
        await server.DisposeAsync();
    }

    [Fact]
    public async Task Stopping_the_server_ends_open_streams()
    {
        await using EchoServer server = await new EchoServer().StartAsync();
        using StreamingCall<ReadOnlyMemory<byte>,
            ReadOnlyMemory<byte>> call = server.Channel.Open(EchoServer.Duplex, default);
        await call.WriteAsync(new byte[3]);
        Assert.True(await call.ReadAsync());
        await server.Listener.StopAsync(TimeSpan.FromSeconds(10));

        RpcException e = await Assert.ThrowsAsync<RpcException>(async () => await call.ReadAsync());
        Assert.Equal(StatusCode.Unavailable, e.StatusCode);
    }

    private static async Task<int> RepeatAsync(EchoServer server, int count)
    {
        using StreamingCall<ReadOnlyMemory<byte>,
            ReadOnlyMemory<byte>> call = server.Channel.Open(EchoServer.Repeat, default);
        await call.WriteAsync(BitConverter.GetBytes(count));
        call.CompleteRequests();
        int seen = 0;
        while (await call.ReadAsync())
        {
            Assert.Equal(seen++, BitConverter.ToInt32(call.Current.Span));
        }

        return seen;
    }
}
