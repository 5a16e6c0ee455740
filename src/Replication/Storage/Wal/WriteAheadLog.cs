using Replication.Primitives;
using Replication.Raft.Primitives;
using Replication.Storage.Files;
using Replication.Storage.Records;

namespace Replication.Storage.Wal;

/// <summary>The write-ahead log shared by all groups of a host, over a record log.</summary>
/// <remarks>
/// <see cref="Append"/> and <see cref="Flush"/> belong to one owner, the log's writer: it appends every batch that waits and flushes
/// once; while a flush runs the next batches gather. <see cref="Read"/> is callable from any thread for records whose batch completed.
/// </remarks>
internal sealed class WriteAheadLog : IDisposable
{
    /// <summary>Opens the log and reads what it holds.</summary>
    public static WriteAheadLog Open(IRecordLogFactory factory, IFileSystem files, RecordLogOptions options) =>
        throw new NotImplementedException();

    /// <summary>Gets the groups found at opening.</summary>
    public IReadOnlyDictionary<GroupId, RecoveredGroup> Recovered => throw new NotImplementedException();

    /// <summary>Gets whether something was appended that no flush has covered.</summary>
    public bool NeedsFlush => throw new NotImplementedException();

    /// <summary>Appends a batch; it completes within a later <see cref="Flush"/>.</summary>
    public void Append(WalBatch batch) => throw new NotImplementedException();

    /// <summary>Makes all appended batches durable and completes them, in order. On a disk error completes them with the error and faults.</summary>
    public void Flush() => throw new NotImplementedException();

    /// <summary>Reads an entry back.</summary>
    public LogEntry Read(RecordLocation location) => throw new NotImplementedException();

    public void Dispose() => throw new NotImplementedException();
}

/// <summary>What the log held of a group at opening.</summary>
internal sealed class RecoveredGroup
{
    public HardState HardState { get; set; }

    /// <summary>Gets the last entry given up by compaction.</summary>
    public LogId Base { get; set; }

    /// <summary>Gets the entries after <see cref="Base"/>, in order of index, without payloads.</summary>
    public List<RecoveredEntry> Entries { get; } = [];
}

internal readonly record struct RecoveredEntry(LogId Id, EntryKind Kind, HybridTimestamp Timestamp, int PayloadBytes, RecordLocation Location);
