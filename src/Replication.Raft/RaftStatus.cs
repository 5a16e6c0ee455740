using Replication.Raft.Primitives;

namespace Replication.Raft;

/// <summary>What a core is and knows at one moment.</summary>
public readonly record struct RaftStatus
{
    /// <summary>Gets the role.</summary>
    public RaftRole Role { get; init; }

    /// <summary>Gets the current term.</summary>
    public Term CurrentTerm { get; init; }

    /// <summary>Gets who got this node's vote in the current term.</summary>
    public NodeId VotedFor { get; init; }

    /// <summary>Gets the leader of the current term; none if unknown.</summary>
    public NodeId Leader { get; init; }

    /// <summary>Gets the commit index.</summary>
    public LogIndex CommitIndex { get; init; }

    /// <summary>Gets the end of the log, durable or not.</summary>
    public LogId LastLogId { get; init; }

    /// <summary>Gets the last index that is durable on this node's own disk.</summary>
    public LogIndex DurableIndex { get; init; }

    /// <summary>Gets the last index removed by compaction.</summary>
    public LogIndex CompactedIndex { get; init; }

    /// <summary>
    /// Gets the highest index at or below which, by a leader's word, no member needs entries any more.
    /// </summary>
    public LogIndex CompactionFloor { get; init; }

    /// <summary>Gets the node that leadership is being handed to; none if it isn't.</summary>
    public NodeId TransferTarget { get; init; }
}

/// <summary>What a leader knows of a peer (thesis §3.5; modes as in etcd).</summary>
/// <param name="Peer">The peer.</param>
/// <param name="MatchIndex">The last index known to be durable there and equal to the leader's.</param>
/// <param name="NextIndex">The next index to send.</param>
/// <param name="Mode">How entries are sent.</param>
/// <param name="IsActive">Whether it answered within the last election timeout.</param>
public readonly record struct PeerStatus(
    NodeId Peer, LogIndex MatchIndex, LogIndex NextIndex, ProgressMode Mode, bool IsActive);

/// <summary>How a leader sends entries to a peer.</summary>
public enum ProgressMode
{
    /// <summary>One message per round trip, to find where the logs match.</summary>
    Probe,

    /// <summary>A pipelined window.</summary>
    Replicate,
}
