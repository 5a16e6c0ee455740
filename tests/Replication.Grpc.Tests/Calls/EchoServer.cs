using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Replication.Grpc.Calls;
using Replication.Grpc.Serving;
using Replication.Grpc.Tests.Wire;
using Replication.Grpc.Wire;

namespace Replication.Grpc.Tests.Calls;

/// <summary>A server of small test methods on a free port of the loopback, and a channel to it.</summary>
internal sealed class EchoServer : IAsyncDisposable
{
    /// <summary>As a count for <see cref="Repeat"/>: one message, and no end.</summary>
    public const int Endless = -1;

    public static readonly Method<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> Unary = New("Unary");
    public static readonly Method<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> Fail = New("Fail");
    public static readonly Method<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> Crash = New("Crash");
    public static readonly Method<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> Hang = New("Hang");
    public static readonly Method<ReadOnlyMemory<byte>,
        ReadOnlyMemory<byte>> Missing = New("Missing");
    public static readonly Method<ReadOnlyMemory<byte>,
        ReadOnlyMemory<byte>> Repeat = New("Repeat");

    public EchoServer(int port = 0, Status failure = default)
    {
        Failure = failure;
        ServiceTable services = new ServiceTable()
            .Add(Unary, EchoAsync)
            .Add(Fail, (_, context) => throw new RpcException(Failure, FailureTrailers))
            .Add(Crash, (_, _) => throw new InvalidOperationException("a bug"))
            .Add(Hang, HangAsync)
            .Add(Repeat, RepeatAsync);
        Listener = new GrpcListener(
            new IPEndPoint(IPAddress.Loopback, port), services, null, NullLoggerFactory.Instance, TimeProvider.System,
            TimeSpan.FromSeconds(1));
    }

    public GrpcListener Listener { get; }

    public GrpcChannel Channel { get; private set; } = null!;

    public Status Failure { get; set; }

    public Metadata FailureTrailers { get; } = new();

    public Metadata? SeenHeaders { get; private set; }

    public TimeSpan? SeenTimeout { get; private set; }

    /// <summary>Gets a task that ends when a hanging handler has begun.</summary>
    public TaskCompletionSource Hanging { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Gets a task that ends when a hanging handler saw its token fire.</summary>
    public TaskCompletionSource Cancelled { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public async Task<EchoServer> StartAsync()
    {
        await Listener.StartAsync(CancellationToken.None);
        Channel = new GrpcChannel(new DnsEndPoint("127.0.0.1", Listener.Address.Port), new GrpcChannelOptions());
        return this;
    }

    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        await Listener.DisposeAsync();
    }

    private static Method<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> New(string name) =>
        new("test.Echo", name, RawMarshaller.Instance, RawMarshaller.Instance);

    private ValueTask<ReadOnlyMemory<byte>> EchoAsync(ReadOnlyMemory<byte> request, ServerCallContext context)
    {
        SeenHeaders = context.RequestHeaders;
        SeenTimeout = context.Timeout;
        return new(request);
    }

    private async ValueTask<ReadOnlyMemory<byte>> HangAsync(ReadOnlyMemory<byte> request, ServerCallContext context)
    {
        Hanging.TrySetResult();
        try
        {
            await Task.Delay(Timeout.Infinite, context.CancellationToken);
        }
        finally
        {
            Cancelled.TrySetResult();
        }

        return request;
    }

    private async Task RepeatAsync(
        MessageReader<ReadOnlyMemory<byte>> requests,
        MessageWriter<ReadOnlyMemory<byte>> responses,
        ServerCallContext context)
    {
        Assert.True(await requests.ReadAsync(context.CancellationToken));
        int count = BitConverter.ToInt32(requests.Current.Span);
        if (count == Endless)
        {
            await responses.WriteAsync(new byte[1], context.CancellationToken);
            await HangAsync(requests.Current, context);
        }

        for (int i = 0; i < count; i++)
        {
            await responses.WriteAsync(BitConverter.GetBytes(i), context.CancellationToken);
        }

        context.ResponseTrailers.Add("seen-bin", [1, 2, 3]);
        if (count == 7)
        {
            throw new RpcException(StatusCode.Aborted, "after seven");
        }
    }
}
