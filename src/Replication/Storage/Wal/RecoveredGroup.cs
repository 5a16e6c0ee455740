using Replication.Primitives;
using Replication.Raft.Primitives;

namespace Replication.Storage.Wal;

/// <summary>What the log held of a group at opening.</summary>
internal sealed class RecoveredGroup
{
    public HardState HardState { get; set; }

    /// <summary>Gets or sets the last entry given up by compaction.</summary>
    public LogId Base { get; set; }

    /// <summary>Gets the entries after <see cref="Base"/>, in order of index, without payloads.</summary>
    public List<RecoveredEntry> Entries { get; } = [];
}

internal readonly record struct RecoveredEntry(
    LogId Id, EntryKind Kind, HybridTimestamp Timestamp, int PayloadBytes, RecordLocation Location);
