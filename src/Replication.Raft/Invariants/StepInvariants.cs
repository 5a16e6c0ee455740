using Replication.Raft.Primitives;
using Replication.Raft.Progress;

namespace Replication.Raft.Invariants;

/// <summary>What must hold after each step, as far as one node can see it (paper fig. 3).</summary>
internal sealed class StepInvariants
{
    private readonly RaftState _state;
    private Term _term;
    private NodeId _votedFor;
    private NodeId _leaderOfTerm;
    private bool _led;
    private LogIndex _commit;
    private LogIndex _last;
    private LogIndex _floor;

    /// <summary>Starts from a recovered state.</summary>
    /// <param name="state">The state.</param>
    public StepInvariants(RaftState state)
    {
        _state = state;
        Remember();
    }

    /// <summary>Compares the state with that after the step before.</summary>
    /// <exception cref="InvariantViolationException">A rule is broken.</exception>
    public void CheckStep()
    {
        CheckHardState();
        CheckLog();
        if (_state.Role == RaftRole.Leader)
        {
            CheckLeader();
        }

        Remember();
    }

    private void CheckHardState()
    {
        Invariant.Check(_state.CurrentTerm >= _term, "the current term never falls");
        if (_state.CurrentTerm == _term)
        {
            Invariant.Check(
                _votedFor.IsNone || _state.VotedFor == _votedFor,
                "a vote isn't taken back within its term (paper §5.2)");
            Invariant.Check(
                _leaderOfTerm.IsNone || _state.LeaderOfTerm == _leaderOfTerm,
                "Election Safety: at most one leader in a term (paper §5.2)");
        }

        bool isChanged = _state.CurrentTerm != _term || _state.VotedFor != _votedFor;
        Invariant.Check(
            !isChanged || _state.Outbox.Output.HardState == new HardState(_state.CurrentTerm, _state.VotedFor),
            "a changed term or vote is persisted (paper fig. 2)");
    }

    private void CheckLog()
    {
        LogIndex truncated = _state.Outbox.Output.TruncateFrom;
        Invariant.Check(_state.CommitIndex >= _commit, "the commit index never falls");
        Invariant.Check(_state.CommitIndex <= _state.Log.LastIndex, "the commit index stays within the log");
        Invariant.Check(_state.Log.Base.Index <= _state.CommitIndex, "only committed entries are compacted");
        Invariant.Check(_state.Ledger.DurableIndex <= _state.Log.LastIndex, "nothing beyond the log is durable");
        Invariant.Check(_state.CompactionFloor >= _floor, "the compaction floor never falls");
        Invariant.Check(
            truncated == LogIndex.Zero || truncated > _commit,
            "State Machine Safety: a committed entry is never removed (paper §5.4.3)");
        Invariant.Check(
            _state.Log.LastIndex >= _last || truncated != LogIndex.Zero, "a log gets shorter by a truncation only");
        Invariant.Check(_state.Log.Last.Term <= _state.CurrentTerm, "no entry is newer than the current term");
    }

    private void CheckLeader()
    {
        Invariant.Check(
            _state.Leader == _state.Self && _state.VotedFor == _state.Self, "a leader won its term with its own vote");
        Invariant.Check(
            !_led || _state.CurrentTerm != _term || _state.Outbox.Output.TruncateFrom == LogIndex.Zero,
            "Leader Append-Only: a leader never removes entries of its log (paper §5.3)");
        Invariant.Check(
            _state.Log.Last.Term == _state.CurrentTerm,
            "a leader's log ends in its own term, for it begins it with a no-op");
        foreach (PeerProgress peer in _state.Peers.All)
        {
            Invariant.Check(peer.NextIndex > peer.MatchIndex, "the next index to send lies behind the match index");
            Invariant.Check(
                peer.MatchIndex <= _state.Log.LastIndex, "a follower matches no more than the leader holds");
            Invariant.Check(peer.NextIndex <= _state.Log.LastIndex.Next(), "no more is sent than the leader holds");
        }
    }

    private void Remember()
    {
        _term = _state.CurrentTerm;
        _votedFor = _state.VotedFor;
        _leaderOfTerm = _state.LeaderOfTerm;
        _led = _state.Role == RaftRole.Leader;
        _commit = _state.CommitIndex;
        _last = _state.Log.LastIndex;
        _floor = _state.CompactionFloor;
    }
}
