using Replication.Raft;
using Replication.Raft.Primitives;

namespace Replication.Testing.Simulation.Invariants;

/// <summary>What an oracle knows of one node.</summary>
internal sealed class NodeView
{
    public ShadowLog Log { get; } = new();

    public Term Term { get; set; }

    public Term LeaderTerm { get; set; }

    public bool IsLeader { get; set; }

    public long Commit { get; set; }

    public long Applied { get; set; }

    public long Checkpoint { get; set; }

    public bool HasTruncated { get; set; }

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
