using Replication.Errors;
using Replication.Primitives;
using Replication.Raft.Primitives;
using Replication.StateMachines;

namespace Replication.Storage.Engine;

/// <summary>An ordered key-value engine for one group: exact snapshots while entries are applied, checkpoints at exact
/// log positions.</summary>
/// <remarks>
/// One owner, the group's applier, makes all calls, one at a time, but the capturing, reading and disposing of
/// snapshots and <see cref="IBackgroundWork.Run"/>: those may happen on any thread at the same time. No call but Run
/// writes to the disk. Keys are ordered by unsigned bytes; a key comes before those that it begins.
/// What is applied is durable only with a checkpoint: after a restart the owner applies the entries after
/// <see cref="CheckpointId"/> again. An engine has no clock, thread or random number of its own: equal calls leave
/// equal bytes on disk. After a <see cref="StorageFailedException"/> it is only disposed; it is disposed while no Run
/// is under way, but perhaps while a snapshot is read, whose reads may throw <see cref="ObjectDisposedException"/>
/// then.
/// </remarks>
public interface IKeyValueEngine : IDisposable
{
    /// <summary>Gets the entry that the newest durable checkpoint holds; <see cref="LogId.Zero"/> if there is
    /// none.</summary>
    /// <remarks>The log up to it may be gone: it never goes back, neither by a restart nor by a power loss.</remarks>
    LogId CheckpointId { get; }

    /// <summary>Gets what was stored beside the newest durable checkpoint; empty if there is none.</summary>
    ReadOnlyMemory<byte> CheckpointAttachment { get; }

    /// <summary>Gets the bytes of values that only memory holds until a checkpoint is done; the owner captures one
    /// before they pass a limit, and lets writers wait if they pass four times of it.</summary>
    /// <remarks>0 once a checkpoint holds everything, and always for an engine that keeps all values in memory
    /// anyway.</remarks>
    long UnwrittenBytes { get; }

    /// <summary>Applies the mutations of one entry, atomically; in memory only.</summary>
    /// <param name="context">The entry; its index is the version of every key it writes. Indexes and timestamps rise,
    /// with gaps.</param>
    /// <param name="mutations">In order; a later one on the same key wins. None if the entry only moves the position.
    /// The engine copies what it keeps.</param>
    /// <exception cref="ArgumentException">The entry doesn't follow the last one in index and log time, a key is
    /// empty, or a key or value is larger than the engine takes: keys of 64 KiB with values of 2 MiB it always
    /// takes. Nothing was applied.</exception>
    void Apply(in ApplyContext context, ReadOnlySpan<KeyValueMutation> mutations);

    /// <summary>Reads a key as of the last applied entry, published or not.</summary>
    /// <param name="key">The key.</param>
    /// <param name="record">What it holds, if it is there.</param>
    /// <returns>Whether the key is there.</returns>
    /// <exception cref="StorageCorruptedException">The value can't be read back from disk.</exception>
    bool TryGetApplied(ReadOnlySpan<byte> key, out KeyValueRecord record);

    /// <summary>Makes what was applied visible to <see cref="CaptureSnapshot"/>; called after a run of
    /// applies.</summary>
    void Publish();

    /// <summary>Captures what was last published; at next to no cost, without locks, from any thread.</summary>
    /// <returns>The state; the caller disposes it. Until then what it may need stays where it is.</returns>
    IKeyValueSnapshot CaptureSnapshot();

    /// <summary>Captures the state that holds exactly the entries stamped at or before a moment of log time; without
    /// locks, from any thread.</summary>
    /// <param name="timestamp">The moment.</param>
    /// <returns>The state, to be disposed as any other. Null if the moment is later than what was published, or
    /// farther before it than <see cref="KeyValueEngineOptions.VersionWindow"/>, or before the checkpoint that the
    /// engine was opened at.</returns>
    IKeyValueSnapshot? CaptureSnapshotAt(HybridTimestamp timestamp);

    /// <summary>Captures a checkpoint of what is applied; cheap. At most one is under way.</summary>
    /// <param name="id">The last applied entry, or a later one that changed nothing here.</param>
    /// <param name="attachment">Stored beside it: client sessions, up to about 70 MiB. Not changed
    /// afterwards.</param>
    /// <returns>The disk work, to be run elsewhere while applies go on. <see cref="CheckpointId"/> moves when it is
    /// completed.</returns>
    /// <exception cref="InvalidOperationException">The last one is not completed.</exception>
    /// <exception cref="ArgumentException">A later entry was applied.</exception>
    IBackgroundWork CaptureCheckpoint(LogId id, ReadOnlyMemory<byte> attachment);
}

/// <summary>One state of a key-value engine; never changes.</summary>
/// <remarks>Callable from any thread. After it is disposed every read throws
/// <see cref="ObjectDisposedException"/>; to dispose it again does nothing.</remarks>
public interface IKeyValueSnapshot : IDisposable
{
    /// <summary>Gets the last entry that this state holds; <see cref="LogId.Zero"/> for the first of all.</summary>
    LogId Id { get; }

    /// <summary>Gets the timestamp of that entry.</summary>
    HybridTimestamp Timestamp { get; }

    /// <summary>Reads a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="record">What it holds, if it is there.</param>
    /// <returns>Whether the key is there.</returns>
    /// <exception cref="StorageCorruptedException">The value can't be read back from disk.</exception>
    bool TryGet(ReadOnlySpan<byte> key, out KeyValueRecord record);

    /// <summary>Reads keys in order, one after the other as they are asked for.</summary>
    /// <param name="from">The first key, included; empty for the first of all.</param>
    /// <param name="before">The end, excluded; empty for no end.</param>
    /// <returns>The keys that are there.</returns>
    /// <exception cref="StorageCorruptedException">A value can't be read back from disk.</exception>
    IEnumerable<KeyValueRecord> Scan(ReadOnlyMemory<byte> from, ReadOnlyMemory<byte> before);
}

/// <summary>A change of one key.</summary>
/// <param name="Key">The key; at least 1 byte.</param>
/// <param name="Value">The new value, which may be empty; without meaning if the key is removed.</param>
/// <param name="IsDelete">Whether the key is removed instead; nothing happens if it isn't there.</param>
public readonly record struct KeyValueMutation(ReadOnlyMemory<byte> Key, ReadOnlyMemory<byte> Value, bool IsDelete);

/// <summary>A key with its value.</summary>
/// <param name="Key">The key; its bytes never change, also after the snapshot that gave it is disposed.</param>
/// <param name="Value">The value; its bytes never change either.</param>
/// <param name="Version">Index of the entry that wrote it.</param>
/// <param name="Timestamp">Log time of that entry.</param>
public readonly record struct KeyValueRecord(
    ReadOnlyMemory<byte> Key, ReadOnlyMemory<byte> Value, LogIndex Version, HybridTimestamp Timestamp);
