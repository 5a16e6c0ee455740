using System.Collections.Frozen;
using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Replication.Diagnostics;
using Replication.Errors;
using Replication.Groups.Shell;
using Replication.Groups;
using Replication.Primitives;
using Replication.Raft.Primitives;
using Replication.Storage.Wal;
using Replication.Transport;

namespace Replication.Hosting;

/// <summary>The running parts of a host: the log's writer, the executors with their groups, the background worker,
/// the transport.</summary>
internal sealed class HostRuntime : ITransportHandler, IAsyncDisposable
{
    // Leadership and pending writes have this long to go elsewhere; what remains of the 10 s of a stop is for closing.
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(4);

    // A checkpoint that is being written, and the closing of the files, have this long.
    private static readonly TimeSpan DiskTime = TimeSpan.FromSeconds(4);
    private readonly HostParts _parts;
    private readonly MonotonicClock _clock;
    private readonly WriteAheadLog _log;
    private readonly WalLoop _logLoop;
    private readonly LoopInbox _backgroundInbox;
    private readonly StepLoop _backgroundLoop;
    private readonly ExecutorLoop[] _executors;
    private readonly FrozenDictionary<GroupId, GroupPlace> _places;
    private readonly CancellationTokenSource _faulted = new();
    private readonly ILogger _logger;
    private Exception? _fault;
    private volatile bool _isClosed;

    /// <summary>Recovers everything from disk; nothing runs yet.</summary>
    /// <param name="parts">What the host consists of.</param>
    public HostRuntime(HostParts parts)
    {
        _parts = parts;
        _logger = parts.LoggerFactory.CreateLogger("Replication");
        _clock = new MonotonicClock(parts.TimeProvider);
        _log = WriteAheadLog.Open(parts.Records, parts.Files, parts.LogOptions);
        try
        {
            if (_log.Report is { CutFile: { } cutFile } report)
            {
                _logger.TornTailCut(cutFile, report.CutOffset, report.CutBytes);
            }

            parts.RefuseUnknownGroups(_log.Recovered);
            _logLoop = new WalLoop(_log, parts.LogOptions.HintInterval, _clock, Failed);
            _backgroundInbox = new LoopInbox(_clock);
            _backgroundLoop = new StepLoop("replication background", _backgroundInbox, RunBackground, Failed);
            _executors = CreateExecutors();
            _places = CreateGroups().ToFrozenDictionary(place => place.Group.Id);
        }
        catch
        {
            _log.Dispose();
            throw;
        }
    }

    /// <summary>Gets the error that stopped the host; null while it is well.</summary>
    public Exception? Fault => Volatile.Read(ref _fault);

    /// <summary>Gets a token that fires when the host is faulted.</summary>
    public CancellationToken Faulted => _faulted.Token;

    /// <summary>Gets the client of a group.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The client; null if there is no such group.</returns>
    public GroupClient? Client(string name) => Find(name)?.Client;

    /// <summary>Starts the threads, then the transport.</summary>
    /// <param name="cancellationToken">Stops the start.</param>
    /// <returns>Completes when this node takes part.</returns>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _logLoop.Start([.. _executors.Select(executor => executor.Inbox)]);
        _backgroundLoop.Start();
        foreach (ExecutorLoop executor in _executors)
        {
            executor.Start();
        }

        ObserveGroups();
        await _parts.Transport.StartAsync(this, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Hands leadership over.</summary>
    /// <param name="name">The group.</param>
    /// <param name="target">To whom; none for the most up-to-date voter.</param>
    public void TransferLeadership(string name, NodeId target)
    {
        if (Find(name) is { } place)
        {
            place.Loop.Inbox.Post(new TransferCommand(place.Group, target));
        }
    }

    /// <inheritdoc/>
    public void Received(NodeId from, PeerMessage message)
    {
        if (_places.TryGetValue(message.Group, out GroupPlace? place))
        {
            place.Loop.Inbox.Add(new PeerArrival(place.Group, from, message));
            place.Loop.Inbox.Run();
            return;
        }

        _parts.Metrics.Dropped();
        _logger.UnknownGroup(from.Value, message.Group.ToString());
    }

    /// <inheritdoc/>
    public void Disconnected(NodeId peer)
    {
        foreach (ExecutorLoop executor in _executors)
        {
            executor.Inbox.Post(new PeerLoss(peer));
        }
    }

    /// <summary>Faults the host for good; the first error counts. Callable from any thread.</summary>
    /// <param name="error">Why.</param>
    public void Failed(Exception error)
    {
        if (Interlocked.CompareExchange(ref _fault, error, null) is not null)
        {
            return;
        }

        _logger.HostFaulted(error, _parts.NodeId.Value);
        foreach (ExecutorLoop executor in _executors)
        {
            executor.Inbox.Post(new FailCommand(error));
        }

        ThreadPool.UnsafeQueueUserWorkItem(static runtime => runtime.CloseAfterFault(), this, preferLocal: false);
    }

    /// <summary>Stops in order: no new work, leadership away, pending writes ended, everything flushed and
    /// closed. To be called once.</summary>
    /// <returns>Completes when all is closed.</returns>
    public async ValueTask DisposeAsync()
    {
        if (Fault is null)
        {
            await DrainAsync().ConfigureAwait(false);
        }

        _isClosed = true;
        await _parts.Transport.DisposeAsync().ConfigureAwait(false);
        ObjectDisposedException stopped = new(nameof(ReplicaHost), "The host is stopped.");
        foreach (ExecutorLoop executor in _executors)
        {
            await executor.StopAsync(stopped).ConfigureAwait(false);
        }

        await CloseDiskAsync().ConfigureAwait(false);
        _parts.Metrics.Dispose();
        _logger.HostStopped(_parts.NodeId.Value);
    }

    // A disk that hangs must not hang the host: its files then stay open and locked, as after a crash.
    private async Task CloseDiskAsync()
    {
        try
        {
            await Task.Run(CloseFilesAsync).WaitAsync(DiskTime, _parts.TimeProvider).ConfigureAwait(false);
        }
        catch (TimeoutException error)
        {
            _logger.DiskHangs(_parts.NodeId.Value, (int)DiskTime.TotalSeconds);
            throw new StorageFailedException(
                $"The disk of node {_parts.NodeId} did not end its work within {DiskTime.TotalSeconds} s. The data "
                    + $"directory stays locked until this process ends; the next start recovers as after a crash.",
                error);
        }
    }

    private async Task CloseFilesAsync()
    {
        await _backgroundLoop.StopAsync().ConfigureAwait(false);
        await _logLoop.StopAsync().ConfigureAwait(false);
        _log.Dispose();
        foreach (ExecutorLoop executor in _executors)
        {
            executor.Executor.Dispose();
        }
    }

    private void ObserveGroups()
    {
        _parts.Metrics.Observe(MetricNames.LogSize, "By", "Payload bytes of the retained log.", () =>
            Measure(status => status.LogBytes));
        _parts.Metrics.Observe(
            MetricNames.ApplyLag,
            "{entry}",
            "How far the applied entry is behind the commit index.",
            () => Measure(status => status.Raft.CommitIndex - status.AppliedId.Index));
    }

    private IEnumerable<Measurement<long>> Measure(Func<GroupStatus, long> number)
    {
        foreach (GroupPlace place in _places.Values.OrderBy(place => place.Group.Name, StringComparer.Ordinal))
        {
            yield return new Measurement<long>(
                number(place.Group.Status), new KeyValuePair<string, object?>(MetricNames.GroupName, place.Group.Name));
        }
    }

    private async Task DrainAsync()
    {
        foreach (ExecutorLoop executor in _executors)
        {
            executor.Inbox.Post(new StopCommand());
        }

        try
        {
            await Task.WhenAll(_executors.Select(executor => executor.Drained))
                .WaitAsync(DrainTime, _parts.TimeProvider).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            _logger.StopCutShort(_parts.NodeId.Value);
        }
    }

    private ExecutorLoop[] CreateExecutors()
    {
        int count = Math.Clamp(_parts.Groups.Count, 1, Environment.ProcessorCount);
        ExecutorLoop[] loops = new ExecutorLoop[count];
        for (int i = 0; i < count; i++)
        {
            LoopInbox inbox = new(_clock);
            TurnContext turn = new()
            {
                Now = _clock.Now,
                UtcUnixMilliseconds = _clock.UtcUnixMilliseconds,
                Transport = _parts.Transport,
                Background = _backgroundInbox,
                Home = inbox,
                Metrics = _parts.Metrics,
                Logger = _logger,
            };
            GroupExecutor executor = new(turn, _logLoop.Inbox, _parts.Files, _parts.Options.DiskReserveBytes,
                inbox.Quiet);
            loops[i] = new ExecutorLoop(i, executor, inbox, _clock,
                _parts.Options.AllowSynchronousContinuations, Failed);
        }

        return loops;
    }

    private List<GroupPlace> CreateGroups()
    {
        int bootId = RandomNumberGenerator.GetInt32(int.MaxValue);
        ulong seed = _parts.Options.Seed != 0 ? _parts.Options.Seed : (ulong)RandomNumberGenerator.GetInt32(1,
            int.MaxValue);
        _logger.HostStarted(_parts.NodeId.Value, _parts.Groups.Count, seed);
        List<GroupPlace> places = [];

        // A user's machine must not run inside a call of the user's, who may hold a lock that it takes.
        bool callersStep = !_parts.Groups.Any(part => part.HasUserCode);
        foreach (GroupPart part in _parts.Groups)
        {
            GroupOrigin origin = new()
            {
                Name = part.Name,
                Config = _parts.Config(part.Name, seed, bootId),
                Machine = part.Machine,
                Recovered = _log.Recovered.GetValueOrDefault(GroupId.FromName(part.Name)) ?? new RecoveredGroup(),
            };
            ExecutorLoop loop = _executors[places.Count % _executors.Length];
            ReplicaGroup group = new(origin, _parts.Settings(bootId), loop.Executor.Turn, _log.Read);
            loop.Executor.Add(group);
            places.Add(new GroupPlace(group, loop, new HostedGroupClient(group, loop.Inbox, loop.Completions,
                callersStep, Refusal)));
        }

        return places;
    }

    private GroupPlace? Find(string name) =>
        name.Length is > 0 and <= 128 && _places.TryGetValue(GroupId.FromName(name),
            out GroupPlace? place) && place.Group.Name == name
            ? place
            : null;

    private Exception? Refusal() => Fault is { } fault ? HostErrors.For(fault)
        : _isClosed ? new ObjectDisposedException(nameof(ReplicaHost), "The host is stopped.")
        : null;

    private Instant RunBackground(InboxItem? items)
    {
        BackgroundWorker.Run(items);
        return Instant.Never;
    }

    // Off the loops: closing connections may take its time, and listeners of the token are not this library's code.
    private async void CloseAfterFault()
    {
        try
        {
            await _faulted.CancelAsync().ConfigureAwait(false);
            await _parts.Transport.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception error)
        {
            _logger.CloseFailed(error, _parts.NodeId.Value);
        }
    }

    private sealed record GroupPlace(ReplicaGroup Group, ExecutorLoop Loop, GroupClient Client);
}
