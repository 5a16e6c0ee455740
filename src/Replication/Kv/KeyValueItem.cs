using Replication.Raft.Primitives;

namespace Replication.Kv;

/// <summary>A key with its value.</summary>
public readonly record struct KeyValueItem
{
    /// <summary>Gets the key.</summary>
    public ReadOnlyMemory<byte> Key { get; init; }

    /// <summary>Gets the value.</summary>
    public ReadOnlyMemory<byte> Value { get; init; }

    /// <summary>Gets the index of the entry that wrote it.</summary>
    public LogIndex Version { get; init; }
}
