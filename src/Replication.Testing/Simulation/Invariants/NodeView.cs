using Replication.Raft;
using Replication.Raft.Messages;
using Replication.Raft.Primitives;

namespace Replication.Testing.Simulation.Invariants;

/// <summary>What an oracle knows of one node.</summary>
internal sealed class NodeView
{
    private Term _roundTerm;
    private long _round;

    public ShadowLog Log { get; } = new();

    public Term Term { get; set; }

    public Term LeaderTerm { get; set; }

    public bool IsLeader { get; set; }

    public long Commit { get; set; }

    public long Applied { get; set; }

    public long Checkpoint { get; set; }

    public bool HasTruncated { get; set; }

    /// <summary>The node, as the leader of a term, asks its followers once more.</summary>
    public void RoundSent(Heartbeat heartbeat)
    {
        _round = heartbeat.Term == _roundTerm ? Math.Max(_round, heartbeat.Round) : heartbeat.Round;
        _roundTerm = heartbeat.Term;
    }

    /// <summary>Gets the last round that the node has sent in a term; the highest number if it has gone on to a later
    /// term.</summary>
    public long LastRound(Term term) => term == _roundTerm ? _round : term < _roundTerm ? long.MaxValue : 0;

    public void Started(long checkpoint, in RaftStatus status)
    {
        Term = status.CurrentTerm;
        LeaderTerm = default;
        IsLeader = false;
        Commit = checkpoint;
        Applied = checkpoint;
        Checkpoint = checkpoint;
    }
}
