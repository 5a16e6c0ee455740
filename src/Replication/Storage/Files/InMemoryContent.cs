namespace Replication.Storage.Files;

/// <summary>The bytes of one file in memory: as they read now, and as they are on the disk.</summary>
internal sealed class InMemoryContent
{
    private const int SectorBytes = 512;

    private readonly SortedSet<long> _unsynced = [];
    private byte[] _current = [];
    private byte[] _durable = [];

    public long Length { get; private set; }

    public long DurableLength { get; private set; }

    public int Read(long offset, Span<byte> destination)
    {
        int count = (int)Math.Max(0, Math.Min(destination.Length, Length - offset));
        _current.AsSpan((int)Math.Min(offset, _current.Length), count).CopyTo(destination);
        return count;
    }

    public void Write(long offset, ReadOnlySpan<byte> source)
    {
        if (source.IsEmpty)
        {
            return;
        }

        long end = checked(offset + source.Length);
        Reserve(ref _current, end);
        source.CopyTo(_current.AsSpan((int)offset));
        Touch(Math.Min(offset, Length), end);
        Length = Math.Max(Length, end);
    }

    public void SetLength(long length)
    {
        if (length < Length)
        {
            _current.AsSpan((int)length, (int)(Length - length)).Clear();
        }

        Reserve(ref _current, length);
        Touch(Math.Min(length, Length), Math.Max(length, Length));
        Length = length;
    }

    public void Sync()
    {
        Reserve(ref _durable, _current.Length);
        foreach (long sector in _unsynced)
        {
            CopySector(sector, _durable);
        }

        _unsynced.Clear();
        DurableLength = Length;
    }

    /// <summary>Gets what a power loss leaves in the worst case: what was synced.</summary>
    public InMemoryContent AfterPowerLoss() => new()
    {
        _current = _durable.AsSpan(0, (int)DurableLength).ToArray(),
        _durable = _durable.AsSpan(0, (int)DurableLength).ToArray(),
        Length = DurableLength,
        DurableLength = DurableLength,
    };

    private static void Reserve(ref byte[] bytes, long length)
    {
        if (bytes.Length < length)
        {
            long wanted = Math.Max(length, Math.Min(bytes.Length * 2L, length + (64L << 20)));
            long rounded = (wanted + SectorBytes - 1) / SectorBytes * SectorBytes;
            Array.Resize(ref bytes, checked((int)rounded));
        }
    }

    private void Touch(long from, long to)
    {
        for (long sector = from / SectorBytes; sector * SectorBytes < to; sector++)
        {
            _unsynced.Add(sector);
        }
    }

    private void CopySector(long sector, byte[] target)
    {
        long start = sector * SectorBytes;
        int count = (int)Math.Min(SectorBytes, _current.Length - start);
        if (count > 0)
        {
            _current.AsSpan((int)start, count).CopyTo(target.AsSpan((int)start));
        }
    }
}
