namespace Replication.Raft.Primitives;

/// <summary>What a node is in a group (paper fig. 4).</summary>
public enum RaftRole
{
    /// <summary>Answers requests of leaders and candidates.</summary>
    Follower,

    /// <summary>Asks whether it could win an election, without raising its term (thesis §9.6).</summary>
    PreCandidate,

    /// <summary>Stands for election.</summary>
    Candidate,

    /// <summary>Handles all proposals of its term.</summary>
    Leader,
}
