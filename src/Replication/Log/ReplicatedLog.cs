using Replication.Groups.Shell;
using Replication.Kv;
using Replication.Primitives;
using Replication.Sessions;

namespace Replication.Log;

/// <summary>A replicated log: one group whose records have dense positions from 1 on. Callable from any thread.</summary>
public sealed class ReplicatedLog
{
    private readonly GroupClient _group;

    internal ReplicatedLog(GroupClient group)
    {
        _group = group;
    }

    /// <summary>Gets the name of the group.</summary>
    public string Name => _group.Name;

    /// <summary>Appends a record.</summary>
    /// <param name="record">Its bytes, 1 to the largest value of a store.</param>
    /// <param name="request">Makes a retry exactly-once.</param>
    /// <param name="cancellationToken">Before the record was queued: OperationCanceledException; after that: Indeterminate.</param>
    /// <returns>How it ended, and the position if committed.</returns>
    public ValueTask<LogAppendResult> AppendAsync(ReadOnlyMemory<byte> record, RequestId request = default, CancellationToken cancellationToken = default) =>
        throw new NotImplementedException();

    /// <summary>Reads records in order without gaps, up to the end of the log as it is when the read begins.</summary>
    /// <param name="from">The first position; at least the first one kept.</param>
    /// <param name="consistency">How fresh the end must be; linearizable by default.</param>
    /// <param name="cancellationToken">Stops the read.</param>
    /// <returns>The records.</returns>
    public IAsyncEnumerable<LogRecord> ReadAsync(long from, ReadConsistency consistency = default, CancellationToken cancellationToken = default) =>
        throw new NotImplementedException();

    /// <summary>Reads records in order without gaps and goes on with those that are appended later, as this node applies them.</summary>
    /// <param name="from">The first position; at least the first one kept.</param>
    /// <param name="cancellationToken">Ends the subscription.</param>
    /// <returns>The records; ends only by the token or an error.</returns>
    public IAsyncEnumerable<LogRecord> SubscribeAsync(long from, CancellationToken cancellationToken = default) =>
        throw new NotImplementedException();

    /// <summary>Gives up all records before a position.</summary>
    /// <param name="before">The first position that is kept.</param>
    /// <param name="request">Makes a retry exactly-once.</param>
    /// <param name="cancellationToken">As for an append.</param>
    /// <returns>How it ended.</returns>
    public ValueTask<LogAppendResult> TrimAsync(long before, RequestId request = default, CancellationToken cancellationToken = default) =>
        throw new NotImplementedException();
}

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
    public Raft.Primitives.NodeId Leader { get; init; }

    /// <summary>Gets the record's position if committed; for a trim the first position kept.</summary>
    public long Position { get; init; }
}
