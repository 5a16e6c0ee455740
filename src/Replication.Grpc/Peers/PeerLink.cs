using System.Net;
using Microsoft.Extensions.Logging;
using Replication.Grpc.Calls;
using Replication.Grpc.Wire;
using Replication.Raft.Primitives;
using Replication.Transport;

namespace Replication.Grpc.Peers;

/// <summary>
/// The way from this node to one peer: a connection with a control stream and a bulk stream, dialled again whenever it
/// breaks.
/// </summary>
internal sealed class PeerLink : IAsyncDisposable
{
    private const int WriteBytesAim = 128 << 10;

    private readonly CancellationTokenSource _stopping = new();
    private readonly PeerLinkSettings _settings;
    private readonly ITransportHandler _handler;
    private readonly IPeerJudge _judge;
    private readonly ILogger _logger;
    private readonly ReconnectDelay _delay;
    private Task _running = Task.CompletedTask;
    private volatile TaskCompletionSource _up = NewSignal();
    private volatile bool _isUp;
    private string? _lastFailure;
    private long _connectedAt;
    private bool _wasConnected;

    public PeerLink(PeerLinkSettings settings, IPeerJudge judge, ITransportHandler handler, ILogger logger)
    {
        (_settings, _judge, _handler, _logger) = (settings, judge, handler, logger);
        Control = new PeerQueue(settings.QueueMessagesMax, settings.ControlQueueBytesMax);
        Bulk = new PeerQueue(settings.QueueMessagesMax, settings.BulkQueueBytesMax);
        _delay = new ReconnectDelay(settings.ReconnectDelayMin, settings.ReconnectDelayMax, settings.Time);
    }

    /// <summary>Gets the small messages that wait.</summary>
    public PeerQueue Control { get; }

    /// <summary>Gets the entries and forwarded proposals that wait.</summary>
    public PeerQueue Bulk { get; }

    /// <summary>Gets whether messages can leave.</summary>
    public bool IsUp => _isUp;

    /// <summary>Gets a task that ends when messages can leave; another one after the connection broke.</summary>
    public Task WhenUp => _up.Task;

    /// <summary>Gets why the last attempt to connect failed; null if it did not.</summary>
    public string? LastFailure => Volatile.Read(ref _lastFailure);

    /// <summary>Begins to dial.</summary>
    public void Start() => _running = RunAsync(_stopping.Token);

    /// <summary>Queues a message, or drops and counts it.</summary>
    public void Send(PeerMessage message)
    {
        PeerQueue queue = message.IsBulk ? Bulk : Control;
        if (_isUp)
        {
            queue.TryAdd(message);
        }
        else
        {
            queue.Drop();
        }
    }

    /// <summary>Says that the peer is surely alive: the next attempt comes at once.</summary>
    public void Wake()
    {
        if (!_isUp && !_stopping.IsCancellationRequested)
        {
            _delay.Wake();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        _delay.Dispose();
        _stopping.Dispose();
    }

    private async Task RunAsync(CancellationToken stopping)
    {
        await Task.Yield();
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await ConnectAndSendAsync(stopping).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                // The top of the link's loop: whatever broke the connection, the answer is to dial again.
                Failed(e, stopping);
            }

            await _delay.WaitAsync(stopping).ConfigureAwait(false);
        }
    }

    private async Task ConnectAndSendAsync(CancellationToken stopping)
    {
        using CancellationTokenSource connection = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        using GrpcChannel channel = new(
            new DnsEndPoint(_settings.Address.Host, _settings.Address.Port),
            new GrpcChannelOptions
            {
                Tls = _settings.Tls?.Invoke(),
                ConnectTimeout = _settings.ConnectTimeout,
                KeepAliveInterval = _settings.KeepAliveInterval,
                KeepAliveTimeout = _settings.KeepAliveTimeout,
            });
        CallOptions options = new(CancellationToken: connection.Token);
        using var control = channel.Open(PeerProtocol.Control, options);
        int version = await GreetAsync(control, stopping).ConfigureAwait(false);
        using var bulk = channel.Open(PeerProtocol.Bulk, options);
        await GreetAsync(bulk, stopping).ConfigureAwait(false);
        Connected(version);
        try
        {
            Task[] ends =
            [
                SendAllAsync(Control, control, connection.Token), SendAllAsync(Bulk, bulk, connection.Token),
                EndOfAsync(control), EndOfAsync(bulk),
            ];
            Task first = await Task.WhenAny(ends).ConfigureAwait(false);
            Down();
            await connection.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(ends).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await first.ConfigureAwait(false);
        }
        finally
        {
            Down();
            Control.Clear();
            Bulk.Clear();
            _handler.Disconnected(_settings.Peer);
        }
    }

    private async Task<int> GreetAsync(
        StreamingCall<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> call, CancellationToken stopping)
    {
        try
        {
            await call.WriteAsync(PeerProtocol.Write(_judge.Hello)).AsTask()
                .WaitAsync(_settings.ConnectTimeout, _settings.Time, stopping).ConfigureAwait(false);
        }
        catch (RpcException)
        {
            // The refusal that ended the call is read below.
        }

        bool hasAnswer = await call.ReadAsync().AsTask()
            .WaitAsync(_settings.ConnectTimeout, _settings.Time, stopping).ConfigureAwait(false);
        if (!hasAnswer)
        {
            throw new RpcException(StatusCode.Internal, "The peer ended the stream without a hello.");
        }

        NodeId authenticated = _settings.Tls is null ? NodeId.None : _settings.Peer;
        string? refusal = _judge.Judge(PeerProtocol.Read(call.Current), _settings.Peer, authenticated, out int version);
        return refusal is null ? version : throw new RpcException(StatusCode.FailedPrecondition, refusal);
    }

    private async Task SendAllAsync(
        PeerQueue queue, StreamingCall<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> call, CancellationToken stopping)
    {
        using PooledWriter frames = new();
        while (await queue.WaitAsync(stopping).ConfigureAwait(false))
        {
            if (queue.TakeLoss())
            {
                // What the core believes to be in flight isn't: it must look where the peer stands.
                _handler.Disconnected(_settings.Peer);
            }

            // Everything that came while the last write ran leaves in one.
            while (frames.Count < WriteBytesAim && queue.TryTake(out PeerMessage? message))
            {
                int start = frames.BeginFrame();
                PeerMessageCodec.Write(message, frames);
                frames.EndFrame(start);
            }

            await call.WriteFramesAsync(frames.Written).ConfigureAwait(false);
            frames.Clear();
        }
    }

    private static async Task EndOfAsync(StreamingCall<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> call)
    {
        while (await call.ReadAsync().ConfigureAwait(false))
        {
            // The accepting side sends nothing after its hello; a later version may.
        }
    }

    private void Connected(int version)
    {
        Volatile.Write(ref _lastFailure, null);
        (_wasConnected, _connectedAt) = (true, _settings.Time.GetTimestamp());
        _logger.PeerConnected(_settings.Peer.Value, _settings.Address, version);
        Control.TakeLoss();
        Bulk.TakeLoss();
        _handler.Disconnected(_settings.Peer);
        _isUp = true;
        _up.TrySetResult();
    }

    private void Down()
    {
        _isUp = false;
        if (_up.Task.IsCompleted)
        {
            _up = NewSignal();
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Failed(Exception error, CancellationToken stopping)
    {
        string reason = error is RpcException rpc ? rpc.Status.Detail : error.Message;
        if (stopping.IsCancellationRequested)
        {
            return;
        }

        if (_wasConnected)
        {
            _wasConnected = false;
            _logger.PeerLost(_settings.Peer.Value, _settings.Address, reason);

            // A connection that breaks as soon as it stands keeps its growing pauses.
            if (_settings.Time.GetElapsedTime(_connectedAt) > _settings.ReconnectDelayMax)
            {
                _delay.Reset();
            }
        }
        else if (Interlocked.Exchange(ref _lastFailure, reason) != reason)
        {
            _logger.PeerUnreachable(_settings.Peer.Value, _settings.Address, reason);
        }
    }
}
