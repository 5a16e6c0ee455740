using Replication.Storage.Engine.Tree;

namespace Replication.Storage.Engine.Values;

/// <summary>Versions that the next checkpoint writes to the value log, in the order in which they were
/// applied.</summary>
/// <remarks>The owner fills it; once handed over it never changes.</remarks>
internal sealed class RecordBatch(int number)
{
    private KeyVersion?[] _versions = new KeyVersion?[64];
    private int _count;

    /// <summary>Gets its number; batches follow each other.</summary>
    public int Number { get; } = number;

    /// <summary>Gets the bytes of records that it will add to the log.</summary>
    public long RecordBytes { get; private set; }

    /// <summary>Gets the part of them that is still needed.</summary>
    public long LiveBytes { get; private set; }

    /// <summary>Gets the bytes of values that it holds in memory.</summary>
    public long ValueBytes { get; private set; }

    /// <summary>Gets the versions; null where one died before it was written.</summary>
    public ReadOnlySpan<KeyVersion?> Versions => _versions.AsSpan(0, _count);

    public void Add(KeyVersion version)
    {
        if (_count == _versions.Length)
        {
            Array.Resize(ref _versions, _count * 2);
        }

        version.Batch = Number;
        version.Address = _count;
        _versions[_count++] = version;
        int bytes = ValueRecord.SizeOf(version);
        RecordBytes += bytes;
        LiveBytes += bytes;
        ValueBytes += version.ValueBytes;
    }

    /// <summary>A version of this batch died before it was handed over.</summary>
    /// <remarks>Its value need not be written. A tombstone must be: an older value of the key may lie in the
    /// log.</remarks>
    public void Drop(KeyVersion version)
    {
        int bytes = ValueRecord.SizeOf(version);
        LiveBytes -= bytes;
        if (version.IsTombstone)
        {
            return;
        }

        _versions[(int)version.Address] = null;
        RecordBytes -= bytes;
        ValueBytes -= version.ValueBytes;
    }
}
