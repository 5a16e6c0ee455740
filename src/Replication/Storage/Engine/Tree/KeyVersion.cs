using Replication.Primitives;
using Replication.Raft.Primitives;

namespace Replication.Storage.Engine.Tree;

/// <summary>One version of one key: a value or a tombstone, and where it lies in the value log.</summary>
/// <remarks>
/// Shared by every root that holds it. Content never changes; what changes is where the value can be read (memory, or
/// an
/// address), and the owner's marks. Other threads read only <see cref="Key"/>, the content and, under a gate,
/// <see cref="Older"/>.
/// </remarks>
internal sealed class KeyVersion
{
    private byte[]? _value;
    private long _address;

    /// <summary>Creates a version that is not in the value log yet.</summary>
    /// <param name="key">The key; shared with the tree.</param>
    /// <param name="value">The value; null for a tombstone.</param>
    /// <param name="index">Index of the entry that wrote it.</param>
    /// <param name="timestamp">Log time of that entry.</param>
    public KeyVersion(byte[] key, byte[]? value, LogIndex index, HybridTimestamp timestamp)
        : this(key, value, value?.Length ?? -1, index, timestamp)
    {
    }

    /// <summary>Creates a version found in the value log.</summary>
    /// <param name="key">The key; shared with the tree.</param>
    /// <param name="value">The value if it is to be in memory.</param>
    /// <param name="valueBytes">Length of the value; below 0 for a tombstone.</param>
    /// <param name="index">Index of the entry that wrote it.</param>
    /// <param name="timestamp">Log time of that entry.</param>
    public KeyVersion(byte[] key, byte[]? value, int valueBytes, LogIndex index, HybridTimestamp timestamp)
    {
        Key = key;
        _value = value;
        ValueLength = valueBytes;
        Index = index;
        Timestamp = timestamp;
    }

    public byte[] Key { get; }

    public LogIndex Index { get; }

    public HybridTimestamp Timestamp { get; }

    public bool IsTombstone => ValueLength < 0;

    /// <summary>Gets the bytes of the value; 0 for a tombstone.</summary>
    public int ValueBytes => Math.Max(ValueLength, 0);

    /// <summary>Gets or sets the version before this one, while a read at a timestamp of the window may need
    /// it.</summary>
    public KeyVersion? Older { get; set; }

    /// <summary>Gets or sets the batch that carries it to the value log.</summary>
    public int Batch { get; set; }

    /// <summary>Gets or sets whether the key has a newer version.</summary>
    public bool IsSuperseded { get; set; }

    /// <summary>Gets or sets whether no read that starts from now on can need it.</summary>
    public bool IsDead { get; set; }

    /// <summary>Gets or sets the address in the value log; before it has one, its place in its batch.</summary>
    public long Address
    {
        get => Volatile.Read(ref _address);
        set => Volatile.Write(ref _address, value);
    }

    /// <summary>Gets the value while it is in memory; null for a tombstone and for a value that must be read from the
    /// log.</summary>
    public byte[]? CachedValue => Volatile.Read(ref _value);

    private int ValueLength { get; }

    /// <summary>Lets go of the value in memory; only once it is durable at its address.</summary>
    public void Evict() => Volatile.Write(ref _value, null);

    /// <summary>Finds the version that was current at a moment of log time.</summary>
    /// <returns>Null if the key had none.</returns>
    public KeyVersion? At(HybridTimestamp timestamp)
    {
        KeyVersion? version = this;
        while (version is not null && version.Timestamp > timestamp)
        {
            version = version.Older;
        }

        return version;
    }
}
