using Replication.Groups.Shell;
using Replication.Sessions;

namespace Replication.Kv;

/// <summary>A replicated, ordered key-value store: one group, from any of its nodes.</summary>
/// <remarks>
/// Callable from any thread. Keys: 1 byte to <see cref="KeyValueLimits.KeyBytesMax"/>; values: 0 to
/// <see cref="KeyValueLimits.ValueBytesMax"/>. Cancelling a write does not undo it: before it was queued the call throws
/// OperationCanceledException, after that it ends as Indeterminate.
/// </remarks>
public sealed class KeyValueStore
{
    private readonly GroupClient _group;

    internal KeyValueStore(GroupClient group)
    {
        _group = group;
    }

    /// <summary>Gets the name of the group.</summary>
    public string Name => _group.Name;

    /// <summary>Reads a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="consistency">How fresh the answer must be; linearizable by default.</param>
    /// <param name="cancellationToken">Stops the wait, nothing else.</param>
    /// <returns>The value and what was served.</returns>
    /// <exception cref="Errors.ReplicationException">The level can't be met now: QuorumUnavailableException. Safe to retry.</exception>
    public ValueTask<KeyValueReadResult> GetAsync(ReadOnlyMemory<byte> key, ReadConsistency consistency = default, CancellationToken cancellationToken = default) =>
        throw new NotImplementedException();

    /// <summary>Reads the keys of a range in order, all from one state.</summary>
    /// <param name="from">The first key, included; empty for the first of all.</param>
    /// <param name="to">The end, excluded; empty for no end.</param>
    /// <param name="limit">The most keys to return.</param>
    /// <param name="consistency">How fresh the answer must be; linearizable by default.</param>
    /// <param name="cancellationToken">Stops the wait, nothing else.</param>
    /// <returns>The keys with their values, in order of unsigned bytes.</returns>
    public ValueTask<IReadOnlyList<KeyValueItem>> ScanAsync(ReadOnlyMemory<byte> from, ReadOnlyMemory<byte> to, int limit, ReadConsistency consistency = default, CancellationToken cancellationToken = default) =>
        throw new NotImplementedException();

    /// <summary>Sets a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">Its new value.</param>
    /// <param name="request">Makes a retry exactly-once; see <see cref="OpenSessionAsync"/>.</param>
    /// <param name="cancellationToken">See the remarks of the type.</param>
    /// <returns>How it ended.</returns>
    public ValueTask<KeyValueWriteResult> PutAsync(ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> value, RequestId request = default, CancellationToken cancellationToken = default) =>
        WriteAsync(new KeyValueBatch().Put(key, value), request, cancellationToken);

    /// <summary>Removes a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="request">Makes a retry exactly-once.</param>
    /// <param name="cancellationToken">See the remarks of the type.</param>
    /// <returns>How it ended; committed also if the key was not there.</returns>
    public ValueTask<KeyValueWriteResult> DeleteAsync(ReadOnlyMemory<byte> key, RequestId request = default, CancellationToken cancellationToken = default) =>
        WriteAsync(new KeyValueBatch().Delete(key), request, cancellationToken);

    /// <summary>Sets a key if it holds a certain value.</summary>
    /// <param name="key">The key.</param>
    /// <param name="expected">The value it must hold; null demands that the key is not there.</param>
    /// <param name="value">Its new value.</param>
    /// <param name="request">Makes a retry exactly-once.</param>
    /// <param name="cancellationToken">See the remarks of the type.</param>
    /// <returns>How it ended.</returns>
    public ValueTask<KeyValueWriteResult> CompareAndSetAsync(ReadOnlyMemory<byte> key, ReadOnlyMemory<byte>? expected, ReadOnlyMemory<byte> value, RequestId request = default, CancellationToken cancellationToken = default) =>
        WriteAsync(new KeyValueBatch().RequireValue(key, expected).Put(key, value), request, cancellationToken);

    /// <summary>Adds bytes at the end of a value; an absent key counts as empty.</summary>
    /// <param name="key">The key.</param>
    /// <param name="suffix">The bytes.</param>
    /// <param name="request">Makes a retry exactly-once.</param>
    /// <param name="cancellationToken">See the remarks of the type.</param>
    /// <returns>How it ended.</returns>
    public ValueTask<KeyValueWriteResult> AppendAsync(ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> suffix, RequestId request = default, CancellationToken cancellationToken = default) =>
        WriteAsync(new KeyValueBatch().Append(key, suffix), request, cancellationToken);

    /// <summary>Executes a batch as one.</summary>
    /// <param name="batch">The operations and conditions.</param>
    /// <param name="request">Makes a retry exactly-once.</param>
    /// <param name="cancellationToken">See the remarks of the type.</param>
    /// <returns>How it ended, with what its operations saw.</returns>
    public ValueTask<KeyValueWriteResult> WriteAsync(KeyValueBatch batch, RequestId request = default, CancellationToken cancellationToken = default) =>
        throw new NotImplementedException();

    /// <summary>Opens a client session, with whose request ids a write can be retried and is executed once (thesis §6.3).</summary>
    /// <param name="timeout">After how much log time without a write it expires; null for the host's default.</param>
    /// <param name="cancellationToken">Stops the wait; the session may be opened nevertheless and expires by itself.</param>
    /// <returns>The session.</returns>
    public ValueTask<ClientSession> OpenSessionAsync(TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        throw new NotImplementedException();
}

/// <summary>A key with its value.</summary>
public readonly record struct KeyValueItem
{
    /// <summary>Gets the key.</summary>
    public ReadOnlyMemory<byte> Key { get; init; }

    /// <summary>Gets the value.</summary>
    public ReadOnlyMemory<byte> Value { get; init; }

    /// <summary>Gets the index of the entry that wrote it.</summary>
    public Raft.Primitives.LogIndex Version { get; init; }
}
