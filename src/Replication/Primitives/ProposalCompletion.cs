using Replication.Raft.Primitives;

namespace Replication.Primitives;

/// <summary>How a write ended (Jepsen: ok, fail, fail, info).</summary>
public enum WriteOutcome
{
    /// <summary>Committed and applied.</summary>
    Committed = 1,

    /// <summary>Committed and applied, but its condition did not hold: it changed nothing.</summary>
    ConditionFailed = 2,

    /// <summary>This call was not executed, for certain, and won't be; but for reasons about a session nothing of it
    /// entered any log.</summary>
    /// <remarks>It says nothing of earlier calls with the same request id: if one of those ended as
    /// <see cref="Indeterminate"/>, it may have been executed, or may still be.</remarks>
    Rejected = 3,

    /// <summary>Nobody can say now: it may have been committed, or may be later, or never.</summary>
    Indeterminate = 4,
}

/// <summary>Why a write was rejected or a read can't be served.</summary>
public enum RejectReason
{
    /// <summary>It was not.</summary>
    None = 0,

    /// <summary>This node doesn't lead, and forwarding is off or no leader is known.</summary>
    NotLeader = 1,

    /// <summary>No leader could confirm itself with a majority in time.</summary>
    NoQuorum = 2,

    /// <summary>The queues are full.</summary>
    Overloaded = 3,

    /// <summary>The disk is below its reserve.</summary>
    DiskFull = 4,

    /// <summary>The log may not grow further, because a member that needs its old entries stays away.</summary>
    LogFull = 5,

    /// <summary>The node is stopping.</summary>
    Stopping = 6,

    /// <summary>The client session is unknown or expired; nothing was executed.</summary>
    SessionExpired = 7,

    /// <summary>The session already used this sequence for another command.</summary>
    SequenceReused = 8,

    /// <summary>The session's sequence is outside its window: too old, or too far ahead.</summary>
    SequenceOutOfWindow = 9,

    /// <summary>Leadership is being handed over; ask again in a moment.</summary>
    TransferInProgress = 10,

    /// <summary>The group has as many client sessions as it may; nothing was opened.</summary>
    SessionsFull = 11,
}

/// <summary>How a proposal ended.</summary>
public readonly record struct ProposalCompletion
{
    /// <summary>Gets the outcome; <see cref="WriteOutcome.ConditionFailed"/> is decided above this layer.</summary>
    public WriteOutcome Outcome { get; init; }

    /// <summary>Gets why it was rejected.</summary>
    public RejectReason Reason { get; init; }

    /// <summary>Gets the leader as far as known; none if not.</summary>
    public NodeId Leader { get; init; }

    /// <summary>Gets the entry if committed; of an indeterminate one, where it may stand, or zero if even that is
    /// unknown.</summary>
    public LogId Id { get; init; }

    /// <summary>Gets the entry's timestamp if committed.</summary>
    public HybridTimestamp Timestamp { get; init; }

    /// <summary>Gets what the state machine returned.</summary>
    public ReadOnlyMemory<byte> Result { get; init; }
}
