using Replication.Raft.Primitives;

namespace Replication.Primitives;

/// <summary>An entry of a group's log with its payload.</summary>
/// <param name="Id">Term and index.</param>
/// <param name="Kind">What it holds.</param>
/// <param name="Timestamp">The leader's clock when it made the entry.</param>
/// <param name="Payload">The bytes; never changed once an entry holds them.</param>
public readonly record struct LogEntry(
    LogId Id, EntryKind Kind, HybridTimestamp Timestamp, ReadOnlyMemory<byte> Payload)
{
    /// <summary>Gets what the core knows of this entry.</summary>
    public EntryHeader Header => new(Id.Term, Kind, Payload.Length);
}
