using Replication.Primitives;
using Replication.Raft.Primitives;

namespace Replication.Storage.Wal;

/// <summary>
/// What one turn of an executor wants durable, for all its groups; made durable as a whole or not at all as far as
/// acknowledgements go.
/// </summary>
/// <remarks>
/// Filled by the executor, then handed to the log's writer, then given back with <see cref="Completed"/>; one owner at
/// a time.
/// Operations keep their order. The hard state of a group goes before its entries.
/// </remarks>
internal sealed class WalBatch
{
    private readonly List<WalOperation> _operations = [];

    /// <summary>Gets the operations in order.</summary>
    public IReadOnlyList<WalOperation> Operations => _operations;

    /// <summary>
    /// Gets the location of each operation's record, parallel to <see cref="Operations"/>; set by the log's writer.
    /// </summary>
    public List<RecordLocation> Locations { get; } = [];

    /// <summary>Gets or sets the sum of payload bytes.</summary>
    public long PayloadBytes { get; private set; }

    /// <summary>
    /// Gets or sets what to call when the batch is durable or the log has failed. Called on the log's writer; must only
    /// post.
    /// </summary>
    public Action<WalBatch, Exception?>? Completed { get; set; }

    public bool IsEmpty => _operations.Count == 0;

    public void SetHardState(GroupId group, HardState state) =>
        _operations.Add(new WalOperation { Group = group, Kind = WalOperationKind.HardState, HardState = state });

    /// <summary>Voids the entries of a group from an index on.</summary>
    public void Truncate(GroupId group, LogIndex from) =>
        _operations.Add(new WalOperation { Group = group, Kind = WalOperationKind.Truncate, Index = from });

    public void Append(GroupId group, in LogEntry entry)
    {
        PayloadBytes += entry.Payload.Length;
        _operations.Add(new WalOperation { Group = group, Kind = WalOperationKind.Entry, Entry = entry });
    }

    /// <summary>Gives up the entries of a group up to and including one that a durable checkpoint holds.</summary>
    /// <param name="group">The group.</param>
    /// <param name="newBase">The last entry given up.</param>
    /// <param name="firstNeeded">
    /// Address of the first record of the group that is still needed; the tail if none is.
    /// </param>
    public void Compact(GroupId group, LogId newBase, long firstNeeded) =>
        _operations.Add(
            new WalOperation { Group = group, Kind = WalOperationKind.Compact, Base = newBase, Address = firstNeeded });

    public void Clear()
    {
        _operations.Clear();
        Locations.Clear();
        PayloadBytes = 0;
    }
}

/// <summary>Where a record lies in the write-ahead log.</summary>
/// <param name="Address">Address in the record log.</param>
/// <param name="Length">Length of the record's payload in bytes.</param>
internal readonly record struct RecordLocation(long Address, int Length);

internal enum WalOperationKind : byte
{
    HardState = 1,
    Truncate = 2,
    Entry = 3,
    Compact = 4,
}

internal readonly struct WalOperation
{
    public GroupId Group { get; init; }

    public WalOperationKind Kind { get; init; }

    public HardState HardState { get; init; }

    public LogIndex Index { get; init; }

    public LogEntry Entry { get; init; }

    public LogId Base { get; init; }

    public long Address { get; init; }
}
