using Replication.Raft.Inputs;
using Replication.Raft.Invariants;
using Replication.Raft.Messages;
using Replication.Raft.Primitives;
using Replication.Raft.Progress;
using Replication.Raft.Roles;

namespace Replication.Raft;

/// <summary>The Raft algorithm of one group on one node: equal start and equal inputs give equal outputs.</summary>
/// <remarks>Not thread-safe: one owner steps it. Payload bytes never enter.</remarks>
public sealed class RaftCore
{
    private readonly RaftState _state;
    private readonly VoterRules _voter;
    private readonly FollowerRules _follower;
    private readonly CandidateRules _candidate;
    private readonly LeaderRules _leader;
    private readonly StepInvariants _invariants;
    private bool _isBroken;

    /// <summary>Creates a core from what its node found on disk.</summary>
    /// <param name="config">The settings; checked.</param>
    /// <param name="recovery">The persisted state.</param>
    /// <param name="now">The current moment.</param>
    /// <exception cref="ArgumentException">A setting is out of bounds, or the persisted state contradicts
    /// itself.</exception>
    public RaftCore(RaftConfig config, RaftRecovery recovery, Instant now)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(recovery);
        ConfigRules.Check(config);
        Config = config;
        _state = new RaftState(config, recovery, now);
        ConfigRules.Check(recovery, _state.Log.LastIndex);
        _voter = new VoterRules(_state);
        _leader = new LeaderRules(_state);
        _candidate = new CandidateRules(_state, _leader);
        _follower = new FollowerRules(_state, _candidate);
        _invariants = new StepInvariants(_state);
        Peers = new PeerStatusList(_state);
    }

    /// <summary>Gets the settings.</summary>
    public RaftConfig Config { get; }

    /// <summary>Gets what this core is and knows now.</summary>
    public RaftStatus Status => new()
    {
        Role = _state.Role,
        CurrentTerm = _state.CurrentTerm,
        VotedFor = _state.VotedFor,
        Leader = _state.Leader,
        CommitIndex = _state.CommitIndex,
        LastLogId = _state.Log.Last,
        DurableIndex = _state.Ledger.DurableIndex,
        CompactedIndex = _state.Log.Base.Index,
        CompactionFloor = _state.CompactionFloor,
        TransferTarget = _state.Transfer.Target,
    };

    /// <summary>
    /// Gets what the leader knows of its peers, in order of node id; empty on a node that doesn't lead.
    /// </summary>
    public IReadOnlyList<PeerStatus> Peers { get; }

    private Instant Deadline => _state.Role == RaftRole.Leader
        ? _leader.Deadline
        : Instant.Min(_state.Clock.Deadline, _state.Forwarded.Deadline);

    /// <summary>Reacts to an input.</summary>
    /// <param name="input">What happened.</param>
    /// <param name="now">When; never earlier than in the step before.</param>
    /// <returns>What to do; the same object each time.</returns>
    /// <exception cref="ArgumentException">The input breaks its own contract; nothing changed.</exception>
    /// <exception cref="InvariantViolationException">A rule of the protocol is broken; the core refuses further
    /// steps.</exception>
    public RaftOutput Step(RaftInput input, Instant now)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentOutOfRangeException.ThrowIfLessThan(now, _state.Now);
        Invariant.Check(!_isBroken, "a core that broke a rule is never stepped again");
        InputRules.Check(input, _state);
        _state.Now = now;
        _state.Outbox.Begin();
        _isBroken = true;
        Dispatch(input);
        _state.Outbox.End(Deadline);
        _invariants.CheckStep();
        _isBroken = false;
        return _state.Outbox.Output;
    }

    private void Dispatch(RaftInput input)
    {
        switch (input)
        {
            case MessageReceived received:
                OnMessage(received.Message);
                break;
            case Propose proposal:
                OnPropose(proposal);
                break;
            case Persisted persisted:
                OnPersisted(persisted.Sequence);
                break;
            case TimePassed:
                OnTimePassed();
                break;
            case ReadRequested read:
                OnReadRequested(read.ReadId);
                break;
            case EntriesSent sent when _state.Role == RaftRole.Leader:
                _leader.OnEntriesSent(sent);
                break;
            case PeerDisconnected lost:
                OnPeerDisconnected(lost.Peer);
                break;
            case TransferLeadership transfer when _state.Role == RaftRole.Leader:
                _leader.OnTransferLeadership(transfer.Target);
                break;
            case Compacted compacted:
                _state.Log.CompactTo(compacted.UpTo);
                break;
            default:
                break;
        }
    }

    private void OnMessage(RaftMessage message)
    {
        if (_state.Peers.Find(message.From) is not { } peer)
        {
            // A stranger has no say in this group.
            return;
        }

        if (message is RequestVote request)
        {
            _voter.OnRequestVote(request);
            return;
        }

        if (message.Term > _state.CurrentTerm && message is not RequestVoteReply { IsPreVote: true, Granted: true })
        {
            _state.EnterTerm(message.Term, NodeId.None);
        }

        if (message.Term < _state.CurrentTerm)
        {
            AnswerOldTerm(message);
            return;
        }

        OnMessageOfTerm(message, peer);
    }

    private void OnMessageOfTerm(RaftMessage message, PeerProgress peer)
    {
        bool isLeader = _state.Role == RaftRole.Leader;
        switch (message)
        {
            case AppendEntries append:
                _follower.OnAppendEntries(append);
                break;
            case Heartbeat heartbeat:
                _follower.OnHeartbeat(heartbeat);
                break;
            case AppendEntriesReply reply when isLeader:
                _leader.OnAppendEntriesReply(reply, peer);
                break;
            case HeartbeatReply reply when isLeader:
                _leader.OnHeartbeatReply(reply, peer);
                break;
            case RequestVoteReply reply:
                _candidate.OnVoteReply(reply);
                break;
            case ReadIndexRequest read when isLeader:
                _leader.OnReadRequested(read.ReadId, read.From);
                break;
            case ReadIndexRequest read:
                RefuseRead(read);
                break;
            case ReadIndexReply reply:
                _follower.OnReadIndexReply(reply);
                break;
            case TimeoutNow timeout:
                _follower.OnTimeoutNow(timeout);
                break;
            default:
                break;
        }
    }

    // Paper §5.1: a request with a stale term is refused; the answer's term tells a deposed leader that it is one.
    private void AnswerOldTerm(RaftMessage message)
    {
        switch (message)
        {
            case AppendEntries append:
                _state.Outbox.Send(new AppendEntriesReply
                {
                    From = _state.Self,
                    To = append.From,
                    Term = _state.CurrentTerm,
                    Success = false,
                    RejectedIndex = append.PrevLogId.Index,
                });
                break;
            case Heartbeat heartbeat:
                // Its round was one of the old term. If its sender leads again by now, it must not take it for one of
                // its rounds of this term: reads are confirmed by them.
                _state.Outbox.Send(new HeartbeatReply
                {
                    From = _state.Self,
                    To = heartbeat.From,
                    Term = _state.CurrentTerm,
                    Round = Heartbeat.NoRound,
                });
                break;
            case ReadIndexRequest read:
                RefuseRead(read);
                break;
            default:
                break;
        }
    }

    private void RefuseRead(ReadIndexRequest read) => _state.Outbox.Send(new ReadIndexReply
    {
        From = _state.Self,
        To = read.From,
        Term = _state.CurrentTerm,
        ReadId = read.ReadId,
        Confirmed = false,
    });

    private void OnPropose(Propose proposal)
    {
        if (_state.Role == RaftRole.Leader)
        {
            _leader.OnPropose(proposal);
        }
        else
        {
            _state.Outbox.Output.Proposal = ProposalResult.NotLeader;
        }
    }

    private void OnPersisted(long sequence)
    {
        _state.Ledger.Complete(sequence);
        _candidate.OnPersisted();
        if (_state.Role == RaftRole.Leader)
        {
            _leader.OnPersisted();
        }
    }

    private void OnTimePassed()
    {
        _state.Forwarded.FailExpired(_state);
        if (_state.Role == RaftRole.Leader)
        {
            _leader.OnTimePassed();
        }
        else if (_state.Clock.Deadline <= _state.Now)
        {
            _candidate.StartPreVote();
        }
    }

    private void OnReadRequested(long readId)
    {
        if (_state.Role == RaftRole.Leader)
        {
            _leader.OnReadRequested(readId, _state.Self);
        }
        else
        {
            _follower.OnReadRequested(readId);
        }
    }

    private void OnPeerDisconnected(NodeId peer)
    {
        if (_state.Role == RaftRole.Leader)
        {
            _state.Peers.Find(peer)?.Disconnected();
        }
        else if (peer == _state.Leader)
        {
            _state.Forwarded.FailAll(_state);
        }
    }
}
