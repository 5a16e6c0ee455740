using Replication.Raft.Primitives;

namespace Replication.Kv;

/// <summary>Operations and conditions over the keys of one group, executed as one: all conditions hold and all
/// operations take effect, or nothing does.</summary>
/// <remarks>Conditions and operations are executed in the order added; an operation sees those before it. Not
/// thread-safe. Keys and values are copied by the call that sends the batch, not before.</remarks>
public sealed class KeyValueBatch
{
    private readonly List<KeyValueOperation> _operations = [];

    /// <summary>Gets the conditions and operations added so far, in order.</summary>
    public IReadOnlyList<KeyValueOperation> Operations => _operations;

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
    public KeyValueBatch Delete(ReadOnlyMemory<byte> key) =>
        Add(new KeyValueOperation(KeyValueOperationKind.Delete, key));

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

    internal ReadOnlySpan<KeyValueOperation> AsSpan() =>
        System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_operations);

    private KeyValueBatch Add(in KeyValueOperation operation)
    {
        _operations.Add(operation);
        return this;
    }
}

/// <summary>What an operation of a batch does, or a condition demands. The numbers are those of log and wire.</summary>
public enum KeyValueOperationKind : byte
{
    /// <summary>Reads a key.</summary>
    Get = 1,

    /// <summary>Sets a key.</summary>
    Put = 2,

    /// <summary>Removes a key.</summary>
    Delete = 3,

    /// <summary>Adds bytes at the end of a value.</summary>
    Append = 4,

    /// <summary>Demands that a key holds exactly a value.</summary>
    RequireValue = 5,

    /// <summary>Demands that a key is not there.</summary>
    RequireAbsent = 6,

    /// <summary>Demands that a key was last written by a certain entry.</summary>
    RequireVersion = 7,
}

/// <summary>One operation or condition of a batch.</summary>
/// <param name="Kind">What it does.</param>
/// <param name="Key">The key.</param>
public readonly record struct KeyValueOperation(KeyValueOperationKind Kind, ReadOnlyMemory<byte> Key)
{
    /// <summary>Gets the value to put, append or compare with; otherwise empty.</summary>
    public ReadOnlyMemory<byte> Value { get; init; }

    /// <summary>Gets the version to compare with; otherwise zero.</summary>
    public LogIndex Version { get; init; }
}
