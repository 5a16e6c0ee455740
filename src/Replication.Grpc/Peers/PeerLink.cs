using Microsoft.Extensions.Logging;
using Replication.Transport;

namespace Replication.Grpc.Peers;

/// <summary>
/// The way from this node to one peer: two connections, one for small messages and one for entries, dialled again
/// whenever one breaks.
/// </summary>
internal sealed class PeerLink : IAsyncDisposable
{
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
        using PeerConnection control =
            await PeerConnection.DialAsync(_settings, PeerStream.Control, Control, _judge, stopping)
                .ConfigureAwait(false);
        using PeerConnection bulk =
            await PeerConnection.DialAsync(_settings, PeerStream.Bulk, Bulk, _judge, stopping).ConfigureAwait(false);
        using CancellationTokenSource connected = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        Task[] ends = [.. Run(control, connected.Token), .. Run(bulk, connected.Token)];
        try
        {
            Connected(control.Version);
            Task first = await Task.WhenAny(ends).ConfigureAwait(false);
            Down();
            await connected.CancelAsync().ConfigureAwait(false);
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

    // What the core believes to be in flight isn't, once something was dropped: it must look where the peer stands.
    private Task[] Run(PeerConnection connection, CancellationToken stopping) =>
    [
        connection.SendAllAsync(() => _handler.Disconnected(_settings.Peer), stopping),
        connection.ListenAsync(stopping),
        connection.WatchAsync(stopping),
    ];

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
        string reason = error.Message;
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
