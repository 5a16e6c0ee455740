namespace Replication.Raft.Primitives;

/// <summary>What must survive a restart besides the log (paper fig. 2: currentTerm and votedFor).</summary>
/// <param name="CurrentTerm">The latest term this node has seen.</param>
/// <param name="VotedFor">Who got this node's vote in that term; none if nobody.</param>
public readonly record struct HardState(Term CurrentTerm, NodeId VotedFor);
