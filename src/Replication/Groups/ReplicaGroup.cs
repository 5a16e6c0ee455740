using Replication.Diagnostics;
using Replication.Errors;
using Replication.Groups.Shell;
using Replication.Primitives;
using Replication.Raft.Inputs;
using Replication.Raft.Primitives;
using Replication.Raft;
using Replication.StateMachines;
using Replication.Storage.Wal;
using Replication.Transport;

namespace Replication.Groups;

/// <summary>One group on this node: the Raft core with its log, its clients' proposals and reads, and its state
/// machine.</summary>
/// <remarks>Owned by one executor. In a turn: items are delivered, then <see cref="StepCore"/>, then
/// <see cref="ApplyCommitted"/>.</remarks>
internal sealed partial class ReplicaGroup : IDisposable
{
    private readonly GroupSettings _settings;
    private readonly TurnContext _turn;
    private readonly RaftCore _core;
    private readonly GroupLog _log;
    private readonly GroupApplier _applier;
    private readonly MessageOutlet _outlet;
    private readonly ICheckpointedStateMachine _machine;
    private readonly ReadRounds _reads = new();
    private readonly LogClock _clock = new();
    private readonly StatusBoard _board;
    private RaftStatus _status;
    private Instant _coreDeadline;
    private long _durableSequence;
    private long _notedSequence;
    private bool _isCompactionDue;

    public ReplicaGroup(GroupOrigin origin, GroupSettings settings, TurnContext turn, Func<RecordLocation,
        LogEntry> read)
    {
        Name = origin.Name;
        Id = GroupId.FromName(origin.Name);
        _settings = settings;
        _turn = turn;
        _machine = origin.Machine;
        RecoveredGroup recovered = origin.Recovered;
        _log = new GroupLog(recovered, read, settings.EntryCacheBytesMax);
        _applier = new GroupApplier(Name, origin.Machine);
        origin.CheckFits(_applier.CheckpointId, _log.LastIndex);
        _log.RaiseTimestamp(_applier.AppliedTimestamp);
        _core = new RaftCore(origin.Config, origin.Recovery(_applier.CheckpointId.Index), turn.Now);
        _outlet = new MessageOutlet(Id, _log, turn.Transport, origin.Config.AppendBytesMax);
        _forwards = new ForwardedProposals(settings.BootId);
        _board = new StatusBoard(Name, origin.Config.Voters.Count);
        _status = _core.Status;
        _coreDeadline = turn.Now;
        Publish();
        turn.Logger.GroupRecovered(
            Name, Self.Value, _status.CurrentTerm.Value, _applier.CheckpointId.Index.Value,
                _log.Base.Index.Value + 1, _log.LastIndex.Value);
    }

    public string Name { get; }

    public GroupId Id { get; }

    /// <summary>Gets or sets whether the executor has this group among those to look at in this turn.</summary>
    public bool IsReady { get; set; }

    /// <summary>Gets the executor that owns this group; set when it takes it over.</summary>
    public GroupExecutor Executor { get; set; } = null!;

    /// <summary>Gets the status as of the last turn; callable from any thread.</summary>
    public GroupStatus Status => _board.Read();

    /// <summary>Gets what the core is and knows; for the owner alone, and at no cost.</summary>
    public ref readonly RaftStatus Raft => ref _status;

    /// <summary>Gets after how long without a sign of a leader others stand for election.</summary>
    public TimeSpan ElectionTimeoutMax => _core.Config.ElectionTimeoutMax;

    /// <summary>Gets what the leader knows of its peers, empty elsewhere; for the owner alone.</summary>
    public IReadOnlyList<PeerStatus> Peers => _core.Peers;

    /// <summary>Gets the last applied entry; for the owner alone.</summary>
    public LogId AppliedId => _applier.AppliedId;

    /// <summary>Gets the entry that the newest durable checkpoint holds; for the owner alone.</summary>
    public LogId CheckpointId => _applier.CheckpointId;

    /// <summary>Gets when this group wants a turn, at the latest.</summary>
    public Instant Deadline { get; private set; }

    /// <summary>Gets whether entries wait that the budget of the turn did not allow to apply.</summary>
    public bool HasMoreToApply => _applier.AppliedId.Index < ApplicableIndex;

    /// <summary>Gets whether nothing of a client is pending here and no leadership is being handed over: it is, or
    /// nobody could take it.</summary>
    public bool IsDrained =>
        _pending.IsEmpty && _forwards.IsEmpty && _waiting.IsEmpty && _reads.IsEmpty && _status.TransferTarget.IsNone;

    private NodeId Self => _core.Config.NodeId;

    private bool IsLeader => _status.Role == RaftRole.Leader;

    // Committed and durable here: what is committed by others' disks alone is not yet shown by this node.
    private LogIndex ApplicableIndex => LogIndex.Min(_status.CommitIndex, _status.DurableIndex);

    /// <summary>A message of a peer arrived.</summary>
    /// <param name="from">The peer, its identity checked.</param>
    /// <param name="message">The message.</param>
    public void Received(NodeId from, PeerMessage message)
    {
        Executor.MarkReady(this);
        switch (message)
        {
            case RaftPeerMessage raft when raft.Message.From == from && raft.Message.To == Self:
                Step(new MessageReceived(raft.Message), raft.Entries);
                break;
            case ForwardedProposal proposal:
                ReceiveForwarded(from, proposal);
                break;
            case ForwardedProposalReply reply:
                ReceiveAnswer(from, reply);
                break;
            default:
                _turn.Metrics.Dropped();
                break;
        }
    }

    /// <summary>The way to a peer broke.</summary>
    /// <param name="peer">The peer.</param>
    public void Disconnected(NodeId peer)
    {
        Executor.MarkReady(this);
        _forwards.Disconnected(peer);
        Step(new PeerDisconnected(peer));
    }

    /// <summary>A read wants to be answered from here.</summary>
    /// <param name="read">The read.</param>
    public void Enqueue(ReadRequest read)
    {
        if (_turn.IsStopping)
        {
            read.Fail(new Errors.QuorumUnavailableException(
                $"Group {Name}: node {Self} is stopping; read at another node.", RejectReason.Stopping,
                    _status.Leader));
            return;
        }

        Executor.MarkReady(this);
        _reads.Add(read, _settings.ReadTimeout);
    }

    /// <summary>Notes where an entry's record lies.</summary>
    /// <param name="id">The entry.</param>
    /// <param name="location">Its place.</param>
    public void SetLocation(LogId id, RecordLocation location) => _log.SetLocation(id.Index, id.Term, location);

    /// <summary>Notes that a persist sequence is durable; the core hears of it within the turn.</summary>
    /// <param name="sequence">The sequence.</param>
    public void NoteDurable(long sequence)
    {
        Executor.MarkReady(this);
        _notedSequence = Math.Max(_notedSequence, sequence);
    }

    /// <summary>Hands leadership over, if this node leads.</summary>
    /// <param name="target">To whom; none for the most up-to-date voter.</param>
    public void TransferLeadership(NodeId target)
    {
        Executor.MarkReady(this);
        Step(new TransferLeadership(target));
    }

    /// <summary>Steps the core with everything that waits: durable sequences, time, proposals, reads,
    /// compaction.</summary>
    public void StepCore()
    {
        if (_notedSequence > _durableSequence)
        {
            _durableSequence = _notedSequence;
            Step(new Persisted(_durableSequence));
            _outlet.Release(_durableSequence);
        }

        if (_coreDeadline <= _turn.Now)
        {
            Step(TimePassed.Instance);
        }

        AdmitProposals();
        while (_reads.TryBegin(_turn.Now, out long readId))
        {
            Step(new ReadRequested(readId));
        }

        Compact();
        _outlet.Forget();
    }

    /// <summary>Applies what may be applied within the budget, answers, and settles what this turn leaves.</summary>
    public void ApplyCommitted()
    {
        if (_applier.Apply(_log, ApplicableIndex, _pending, _settings))
        {
            _applier.Publish(_turn.Now, _turn.Metrics);
            _log.Evict(_applier.AppliedId.Index);
        }

        if (!_reads.IsEmpty)
        {
            _reads.Applied(new ReadPosition(_applier.AppliedId, _status.CurrentTerm, _status.Leader));
            _reads.Expire(_turn.Now, _settings.ReadTimeout, Name, _status.Leader);
        }

        ExpireProposals();
        if (_applier.TryCaptureCheckpoint(_settings.CheckpointLogBytes) is { } work)
        {
            _turn.Background.Post(new CheckpointItem(_turn.Home, this, work));
        }

        Publish();
        Deadline = Instant.Min(Instant.Min(_coreDeadline, _reads.Deadline), ProposalDeadline());
    }

    /// <summary>The checkpoint under way is durable.</summary>
    public void CheckpointCompleted()
    {
        _applier.CheckpointCompleted();
        _isCompactionDue = true;
        Executor.MarkReady(this);
        _turn.Logger.CheckpointDurable(Name, _applier.CheckpointId.Index.Value);
    }

    /// <summary>The executor failed: ends everything that waits here.</summary>
    /// <param name="error">Why.</param>
    public void Fail(Exception error)
    {
        _applier.Fail();
        FailProposals(error);
        _reads.Fail(error);
    }

    public void Dispose() => _machine.Dispose();

    private void Step(RaftInput input, IReadOnlyList<LogEntry>? arrived = null)
    {
        RaftOutput output = _core.Step(input, _turn.Now);
        RaftStatus before = _status;
        _status = _core.Status;
        _coreDeadline = output.NextDeadline;
        if (output.Proposal != ProposalResult.None)
        {
            _proposalResult = output.Proposal;
        }

        UpdateLog(output, arrived);
        for (int i = 0; i < output.Messages.Count; i++)
        {
            _outlet.Send(output.Messages[i]);
        }

        Persist(output);
        SendAfterPersist(output);
        for (int i = 0; i < output.Reads.Count; i++)
        {
            _reads.Answer(output.Reads[i], _turn.Now + _core.Config.HeartbeatInterval);
        }

        if (before.Role != _status.Role || before.Leader != _status.Leader || before.CurrentTerm != _status.CurrentTerm)
        {
            LeadershipChanged(before);
        }

        // The output is used up: the core may be stepped again.
        while (_outlet.TryTakeShortened(out EntriesSent? report))
        {
            Step(report!);
        }
    }

    private void UpdateLog(RaftOutput output, IReadOnlyList<LogEntry>? arrived)
    {
        if (output.TruncateFrom > LogIndex.Zero)
        {
            _log.Truncate(output.TruncateFrom);
            _pending.Truncate(output.TruncateFrom, _status.Leader);
            _outlet.Forget();
        }

        if (output.AppendFirst == LogIndex.Zero)
        {
            return;
        }

        for (LogIndex index = output.AppendFirst; index <= output.AppendLast; index = index.Next())
        {
            if (output.Proposal == ProposalResult.Accepted)
            {
                AppendProposed(index, _admitted[(int)(index - output.AppendFirst)]);
            }
            else if (arrived is { Count: > 0 })
            {
                LogEntry entry = arrived[(int)(index - arrived[0].Id.Index)];
                Invariant.Check(entry.Id.Index == index, "the entries of a message are dense");
                _log.Append(entry);
            }
            else
            {
                AppendOwn(index, EntryKind.NoOp, default);
            }
        }
    }

    private void AppendOwn(LogIndex index, EntryKind kind, ReadOnlyMemory<byte> payload) => _log.Append(new LogEntry(
        new LogId(_status.CurrentTerm, index), kind,
        _clock.Next(_log.LastTimestamp, _turn.UtcUnixMilliseconds, _turn.Now), payload));

    private void Persist(RaftOutput output)
    {
        if (!output.HasSomethingToPersist)
        {
            return;
        }

        WalBatch batch = _turn.Batch.Wal;
        if (output.HardState is { } hardState)
        {
            batch.SetHardState(Id, hardState);
        }

        if (output.TruncateFrom > LogIndex.Zero)
        {
            batch.Truncate(Id, output.TruncateFrom);
        }

        int count = 0;
        if (output.AppendFirst > LogIndex.Zero)
        {
            for (LogIndex index = output.AppendFirst; index <= output.AppendLast; index = index.Next())
            {
                batch.Append(Id, _log.Get(index));
                count++;
            }
        }

        _turn.Batch.AddSegment(this, output.PersistSequence, count);
    }

    private void SendAfterPersist(RaftOutput output)
    {
        for (int i = 0; i < output.MessagesAfterPersist.Count; i++)
        {
            _outlet.Hold(output.MessagesAfterPersist[i], output.PersistSequence);
        }

        if (output.PersistSequence <= _durableSequence)
        {
            _outlet.Release(_durableSequence);
        }
    }

    private void LeadershipChanged(in RaftStatus before)
    {
        _reads.LeaderChanged();
        _forwardAgainAt = default;
        if (before.Leader != _status.Leader || before.CurrentTerm != _status.CurrentTerm)
        {
            _forwards.LeaderIs(IsLeader || before.CurrentTerm != _status.CurrentTerm ? NodeId.None : _status.Leader);
        }

        if (_status.Role == RaftRole.Candidate && before.Role != RaftRole.Candidate)
        {
            _turn.Logger.ElectionStarted(Name, Self.Value, _status.CurrentTerm.Value);
            _turn.Metrics.ElectionStarted(Name);
        }
        else if (IsLeader && before.Role != RaftRole.Leader)
        {
            _turn.Logger.LeadershipTaken(Name, Self.Value, _status.CurrentTerm.Value);
        }
        else if (before.Role == RaftRole.Leader && !IsLeader)
        {
            _turn.Logger.LeadershipLost(Name, Self.Value, before.CurrentTerm.Value, _status.Leader.Value);
        }
        else if (!_status.Leader.IsNone && _status.Leader != Self && before.Leader != _status.Leader)
        {
            _turn.Logger.LeaderFollowed(Name, Self.Value, _status.Leader.Value, _status.CurrentTerm.Value);
        }
    }

    private void Compact()
    {
        UpdateLogFull();
        LogIndex target = LogIndex.Min(_applier.CheckpointId.Index, _status.CompactionFloor);
        target = LogIndex.Min(target + -(_isLogFull ? 0 : _settings.TrailingEntries), _status.DurableIndex + -1);
        if (target <= _log.Base.Index || !(
            _isCompactionDue || _isLogFull || target - _log.Base.Index >= _settings.TrailingEntries))
        {
            return;
        }

        _isCompactionDue = false;
        LogId newBase = _log.Get(target).Id;
        _turn.Batch.Wal.Compact(Id, newBase, _log.AddressOf(target.Next()));
        _log.Compact(newBase);
        Step(new Compacted(target));
        _turn.Logger.LogCompacted(Name, target.Value, _log.Bytes);
    }

    private void Publish() => _board.Write(
        new StatusBoard.Fields
        {
            Raft = _status,
            AppliedId = _applier.AppliedId,
            AppliedTimestamp = _applier.AppliedTimestamp,
            CheckpointId = _applier.CheckpointId,
            LogBytes = _log.Bytes,
            LogHeldBackBy = _isLogFull && IsLeader ? _heldBackBy : NodeId.None,
        },
        _core.Peers);
}
