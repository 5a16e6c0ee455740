using Replication.Raft.Primitives;

namespace Replication.Kv;

/// <summary>Operations and conditions over the keys of one group, executed as one: all conditions hold and all operations take effect, or nothing does.</summary>
/// <remarks>Conditions and operations are executed in the order added; an operation sees those before it. Not thread-safe. Keys and values are copied by the call that sends the batch, not before.</remarks>
public sealed class KeyValueBatch
{
    private readonly List<KeyValueOperation> _operations = [];

    internal IReadOnlyList<KeyValueOperation> Operations => _operations;

    /// <summary>Reads a key within the batch.</summary>
    /// <param name="key">The key.</param>
    /// <returns>This batch.</returns>
    public KeyValueBatch Get(ReadOnlyMemory<byte> key) => Add(new KeyValueOperation(KeyValueOperationKind.Get, key));

    /// <summary>Sets a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">Its new value; may be empty.</param>
    /// <returns>This batch.</returns>
    public KeyValueBatch Put(ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> value) =>
        Add(new KeyValueOperation(KeyValueOperationKind.Put, key) { Value = value });

    /// <summary>Removes a key; nothing happens if it is not there.</summary>
    /// <param name="key">The key.</param>
    /// <returns>This batch.</returns>
    public KeyValueBatch Delete(ReadOnlyMemory<byte> key) => Add(new KeyValueOperation(KeyValueOperationKind.Delete, key));

    /// <summary>Adds bytes at the end of a value; an absent key counts as empty.</summary>
    /// <param name="key">The key.</param>
    /// <param name="suffix">The bytes.</param>
    /// <returns>This batch.</returns>
    public KeyValueBatch Append(ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> suffix) =>
        Add(new KeyValueOperation(KeyValueOperationKind.Append, key) { Value = suffix });

    /// <summary>Demands that a key holds exactly a value.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value; null demands that the key is not there.</param>
    /// <returns>This batch.</returns>
    public KeyValueBatch RequireValue(ReadOnlyMemory<byte> key, ReadOnlyMemory<byte>? value) =>
        Add(value is { } expected
            ? new KeyValueOperation(KeyValueOperationKind.RequireValue, key) { Value = expected }
            : new KeyValueOperation(KeyValueOperationKind.RequireAbsent, key));

    /// <summary>Demands that a key was last written by a certain entry.</summary>
    /// <param name="key">The key.</param>
    /// <param name="version">The entry's index; zero demands that the key is not there.</param>
    /// <returns>This batch.</returns>
    public KeyValueBatch RequireVersion(ReadOnlyMemory<byte> key, LogIndex version) =>
        Add(new KeyValueOperation(KeyValueOperationKind.RequireVersion, key) { Version = version });

    private KeyValueBatch Add(in KeyValueOperation operation)
    {
        _operations.Add(operation);
        return this;
    }
}

internal enum KeyValueOperationKind : byte
{
    Get = 1,
    Put = 2,
    Delete = 3,
    Append = 4,
    RequireValue = 5,
    RequireAbsent = 6,
    RequireVersion = 7,
}

internal readonly record struct KeyValueOperation(KeyValueOperationKind Kind, ReadOnlyMemory<byte> Key)
{
    public ReadOnlyMemory<byte> Value { get; init; }

    public LogIndex Version { get; init; }
}
