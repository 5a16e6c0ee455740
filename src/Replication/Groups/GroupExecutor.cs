using Replication.Diagnostics;
using Replication.Raft.Primitives;
using Replication.Storage.Files;

namespace Replication.Groups;

/// <summary>Runs the groups it owns, turn by turn: no thread, lock, wait or clock of its own.</summary>
/// <remarks>
/// A turn delivers what is in the inbox, steps every ready group once, hands ONE batch for all of them to the
/// write-ahead log, goes on without waiting, and applies. Durability comes back as an item. An exception out of a turn
/// means that the host is faulted: <see cref="Fail"/> is called, and every later item is refused.
/// </remarks>
internal sealed class GroupExecutor : IDisposable
{
    private static readonly TimeSpan FreeSpaceInterval = TimeSpan.FromSeconds(1);
    private readonly List<ReplicaGroup> _groups = [];
    private readonly IInbox _log;
    private readonly IInbox _durable;
    private readonly IFileSystem _files;
    private readonly long _reserveBytes;
    private readonly Stack<PersistBatch> _batches = new();
    private List<ReplicaGroup> _ready = [];
    private List<ReplicaGroup> _stepping = [];
    private Instant _earliest;
    private Instant _freeSpaceAt;
    private TimeSpan _patience;
    private Instant _flushDueAt = Instant.Never;
    private int _batchesUnderWay;
    private bool _isDiskHanging;
    private Exception? _error;

    /// <summary>Creates an executor without groups.</summary>
    /// <param name="turn">What its groups share.</param>
    /// <param name="log">The inbox of the write-ahead log's writer.</param>
    /// <param name="files">The disk whose free space is watched.</param>
    /// <param name="reserveBytes">The free bytes below which writes are rejected.</param>
    /// <param name="durable">Where batches come home from the log; null for the executor's own inbox.</param>
    public GroupExecutor(TurnContext turn, IInbox log, IFileSystem files, long reserveBytes, IInbox? durable = null)
    {
        Turn = turn;
        _log = log;
        _files = files;
        _reserveBytes = reserveBytes;
        _durable = durable ?? turn.Home;
        turn.Batch = new PersistBatch(_durable);
    }

    /// <summary>Gets what the groups of this executor share.</summary>
    public TurnContext Turn { get; }

    /// <summary>Gets the groups.</summary>
    public IReadOnlyList<ReplicaGroup> Groups => _groups;

    /// <summary>Gets when a turn is wanted at the latest, if nothing is posted before; the past if there is more to
    /// do at once.</summary>
    public Instant NextDeadline =>
        _ready.Count > 0 ? default : Instant.Min(Instant.Min(_earliest, _freeSpaceAt), _flushDueAt);

    /// <summary>Gets whether nothing of any client is pending and no leadership is being handed over: it is, or nobody
    /// could take it.</summary>
    public bool IsDrained
    {
        get
        {
            foreach (ReplicaGroup group in _groups)
            {
                if (_error is null && !group.IsDrained)
                {
                    return false;
                }
            }

            return true;
        }
    }

    /// <summary>Takes a group over, before the first turn.</summary>
    /// <param name="group">The group.</param>
    public void Add(ReplicaGroup group)
    {
        group.Executor = this;
        _groups.Add(group);
        _patience = group.ElectionTimeoutMax > _patience ? group.ElectionTimeoutMax : _patience;
        MarkReady(group);
    }

    /// <summary>Has a group looked at in this turn, or in the next.</summary>
    /// <param name="group">The group.</param>
    public void MarkReady(ReplicaGroup group)
    {
        if (!group.IsReady)
        {
            group.IsReady = true;
            _ready.Add(group);
        }
    }

    /// <summary>Runs a turn.</summary>
    /// <param name="now">The current moment; never earlier than in the turn before.</param>
    /// <param name="utcUnixMilliseconds">The wall clock in milliseconds since 1970-01-01 UTC, for log time.</param>
    /// <param name="items">What was in the inbox, in order; null if it was empty.</param>
    public void RunTurn(Instant now, long utcUnixMilliseconds, InboxItem? items)
    {
        Turn.Now = now;
        Turn.UtcUnixMilliseconds = utcUnixMilliseconds;
        Deliver(items);
        if (_error is not null)
        {
            return;
        }

        if (now >= _freeSpaceAt)
        {
            _freeSpaceAt = Instant.Never;
            Turn.Background.Post(new FreeSpaceItem(Turn.Home, _files, _reserveBytes));
        }

        if (now >= _flushDueAt)
        {
            DiskHangs();
        }

        if (now >= _earliest)
        {
            WakeDue(now);
        }

        (_ready, _stepping) = (_stepping, _ready);
        foreach (ReplicaGroup group in _stepping)
        {
            group.IsReady = false;
            group.StepCore();
        }

        HandOverBatch();
        foreach (ReplicaGroup group in _stepping)
        {
            group.ApplyCommitted();
            _earliest = Instant.Min(_earliest, group.Deadline);
            if (group.HasMoreToApply)
            {
                MarkReady(group);
            }
        }

        _stepping.Clear();
    }

    /// <summary>The host is faulted: ends everything that waits, and everything that comes later.</summary>
    /// <param name="error">Why.</param>
    public void Fail(Exception error)
    {
        if (_error is not null)
        {
            return;
        }

        _error = error;
        _ready.Clear();
        _earliest = Instant.Never;
        _freeSpaceAt = Instant.Never;
        _flushDueAt = Instant.Never;
        foreach (ReplicaGroup group in _groups)
        {
            group.Fail(error);
        }
    }

    /// <summary>Refuses new work from now on, and gives leadership away.</summary>
    public void BeginStop()
    {
        Turn.IsStopping = true;
        GiveLeadershipAway();
    }

    /// <summary>Takes a batch back for use: what it held is durable.</summary>
    /// <param name="batch">The batch, cleared.</param>
    public void Recycle(PersistBatch batch)
    {
        _batches.Push(batch);
        _flushDueAt = --_batchesUnderWay > 0 ? Turn.Now + _patience : Instant.Never;
        _isDiskHanging = false;
    }

    /// <summary>The way to a peer broke.</summary>
    /// <param name="peer">The peer.</param>
    public void Disconnected(NodeId peer)
    {
        foreach (ReplicaGroup group in _groups)
        {
            group.Disconnected(peer);
        }
    }

    /// <summary>Takes a measurement of the disk.</summary>
    /// <param name="freeBytes">The free bytes.</param>
    /// <param name="reserveBytes">The bytes to be kept free.</param>
    public void FreeSpaceIs(long freeBytes, long reserveBytes)
    {
        _freeSpaceAt = Turn.Now + FreeSpaceInterval;
        bool isFull = freeBytes < reserveBytes;
        if (isFull && !Turn.IsDiskFull)
        {
            Turn.Logger.DiskIsFull(freeBytes, reserveBytes);
        }
        else if (!isFull && Turn.IsDiskFull)
        {
            Turn.Logger.DiskHasRoom(freeBytes);
        }

        Turn.IsDiskFull = isFull;
        if (isFull)
        {
            // Each time anew: an election may have brought the lead back.
            GiveLeadershipAway();
        }
    }

    public void Dispose()
    {
        foreach (ReplicaGroup group in _groups)
        {
            group.Dispose();
        }
    }

    private void Deliver(InboxItem? items)
    {
        while (items is not null)
        {
            ExecutorItem item = (ExecutorItem)items;
            items = item.Next;
            item.Next = null;
            if (_error is null)
            {
                Deliver(item, items);
            }
            else
            {
                item.Refuse(_error);
            }
        }
    }

    // What came behind an item that failed is not lost: it is refused with the same error.
    private void Deliver(ExecutorItem item, InboxItem? rest)
    {
        try
        {
            item.Deliver(this);
        }
        catch (Exception error)
        {
            Fail(error);
            Deliver(rest);
            throw;
        }
    }

    private void WakeDue(Instant now)
    {
        _earliest = Instant.Never;
        foreach (ReplicaGroup group in _groups)
        {
            if (group.Deadline <= now)
            {
                MarkReady(group);
            }
            else
            {
                _earliest = Instant.Min(_earliest, group.Deadline);
            }
        }
    }

    private void HandOverBatch()
    {
        if (Turn.Batch.Wal.IsEmpty)
        {
            return;
        }

        if (_batchesUnderWay++ == 0)
        {
            _flushDueAt = Turn.Now + _patience;
        }

        Turn.Batch.HandedOverAt = Turn.Now;
        _log.Post(Turn.Batch);
        Turn.Batch = _batches.Count > 0 ? _batches.Pop() : new PersistBatch(_durable);
    }

    // A leader shows nothing that its own disk has not: as long as the disk finishes nothing it is as good as dead, but
    // its heartbeats would keep the others from electing a better one.
    private void DiskHangs()
    {
        _flushDueAt = Turn.Now + _patience;
        if (!_isDiskHanging)
        {
            _isDiskHanging = true;
            Turn.Logger.DiskFinishesNothing(_batchesUnderWay, (long)_patience.TotalMilliseconds);
        }

        // Each time anew: an election may have brought the lead back.
        GiveLeadershipAway();
    }

    private void GiveLeadershipAway()
    {
        foreach (ReplicaGroup group in _groups)
        {
            group.TransferLeadership(NodeId.None);
        }
    }
}
