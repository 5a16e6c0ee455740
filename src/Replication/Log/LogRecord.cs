using Replication.Primitives;
using Replication.Raft.Primitives;

namespace Replication.Log;

/// <summary>A record of a replicated log.</summary>
public readonly record struct LogRecord
{
    /// <summary>Gets its position, from 1.</summary>
    public long Position { get; init; }

    /// <summary>Gets its log time.</summary>
    public HybridTimestamp Timestamp { get; init; }

    /// <summary>Gets its bytes.</summary>
    public ReadOnlyMemory<byte> Value { get; init; }
}

/// <summary>How an append or a trim ended.</summary>
public readonly record struct LogAppendResult
{
    /// <summary>Gets the outcome.</summary>
    public WriteOutcome Outcome { get; init; }

    /// <summary>Gets why it was rejected.</summary>
    public RejectReason Reason { get; init; }

    /// <summary>Gets the leader as far as known; none if not.</summary>
    public NodeId Leader { get; init; }

    /// <summary>Gets the entry: where it was committed, or, if indeterminate, where it may stand (zero if
    /// unknown).</summary>
    public LogId Id { get; init; }

    /// <summary>Gets the record's position if committed; for a trim the first position kept.</summary>
    public long Position { get; init; }
}
