using Replication.Primitives;
using Replication.Raft.Primitives;
using Replication.StateMachines;

namespace Replication.Storage.Engine;

/// <summary>An ordered key-value engine for one group: versions in a window, exact snapshots while applying,
/// checkpoints at exact log positions.</summary>
/// <remarks>
/// One owner, the group's applier, applies and checkpoints; snapshots are captured and read from any thread without
/// locks.
/// Keys are ordered by unsigned bytes.
/// </remarks>
internal interface IKeyValueEngine : IDisposable
{
    /// <summary>Gets the entry that the newest durable checkpoint holds.</summary>
    LogId CheckpointId { get; }

    /// <summary>Gets what was stored beside the newest durable checkpoint.</summary>
    ReadOnlyMemory<byte> CheckpointAttachment { get; }

    /// <summary>Gets the bytes of values that only memory holds until a checkpoint is done; the owner captures one
    /// before they pass a limit.</summary>
    long UnwrittenBytes { get; }

    /// <summary>Applies the mutations of one entry, atomically.</summary>
    /// <param name="context">The entry; its index is the version of every key it writes.</param>
    /// <param name="mutations">In order; a later one on the same key wins. The engine copies what it keeps.</param>
    /// <exception cref="ArgumentException">The entry doesn't follow the last one in index and log time, or a key or
    /// value doesn't fit. Nothing was applied.</exception>
    void Apply(in ApplyContext context, ReadOnlySpan<KeyValueMutation> mutations);

    /// <summary>Reads a key as of the last applied entry, published or not; for the applier.</summary>
    /// <returns>Whether the key is there.</returns>
    bool TryGetApplied(ReadOnlySpan<byte> key, out KeyValueRecord record);

    /// <summary>Makes what was applied visible to <see cref="CaptureSnapshot"/>.</summary>
    void Publish();

    /// <summary>Captures what was last published; at next to no cost, without locks, from any thread.</summary>
    /// <remarks>Until it is disposed, disk space that it may need isn't returned. It isn't used after the engine is
    /// disposed.</remarks>
    IKeyValueSnapshot CaptureSnapshot();

    /// <summary>Captures the state that holds exactly the entries stamped at or before a moment of log time.</summary>
    /// <returns>Null if the moment is older than the window of kept versions, or later than what was
    /// published.</returns>
    /// <remarks>
    /// From any thread, without locks. After a restart the window begins at the checkpoint. Until it is disposed,
    /// versions that it
    /// may need stay in memory.
    /// </remarks>
    IKeyValueSnapshot? CaptureSnapshotAt(HybridTimestamp timestamp);

    /// <inheritdoc cref="ICheckpointedStateMachine.CaptureCheckpoint"/>
    IBackgroundWork CaptureCheckpoint(LogId id, ReadOnlyMemory<byte> attachment);
}

/// <summary>One state of a key-value engine; never changes.</summary>
internal interface IKeyValueSnapshot : IDisposable
{
    /// <summary>Gets the last entry that this state holds.</summary>
    LogId Id { get; }

    /// <summary>Gets the timestamp of that entry.</summary>
    HybridTimestamp Timestamp { get; }

    /// <summary>Reads a key.</summary>
    bool TryGet(ReadOnlySpan<byte> key, out KeyValueRecord record);

    /// <summary>Reads keys in order.</summary>
    /// <param name="from">The first key, included; empty for the first of all.</param>
    /// <param name="to">The end, excluded; empty for no end.</param>
    IEnumerable<KeyValueRecord> Scan(ReadOnlyMemory<byte> from, ReadOnlyMemory<byte> to);
}

/// <summary>A change of one key.</summary>
/// <param name="Key">The key.</param>
/// <param name="Value">The new value.</param>
/// <param name="IsDelete">Whether the key is removed instead.</param>
internal readonly record struct KeyValueMutation(ReadOnlyMemory<byte> Key, ReadOnlyMemory<byte> Value, bool IsDelete);

/// <summary>A key with its value.</summary>
/// <param name="Key">The key.</param>
/// <param name="Value">The value.</param>
/// <param name="Version">Index of the entry that wrote it.</param>
/// <param name="Timestamp">Log time of that entry.</param>
internal readonly record struct KeyValueRecord(
    ReadOnlyMemory<byte> Key, ReadOnlyMemory<byte> Value, LogIndex Version, HybridTimestamp Timestamp);
