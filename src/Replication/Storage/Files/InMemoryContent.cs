namespace Replication.Storage.Files;

/// <summary>The bytes of one file in memory: as they read now, and as they are on the disk.</summary>
internal sealed class InMemoryContent
{
    /// <summary>The unit in which a disk writes, in bytes: what is lost, kept or torn at a power loss.</summary>
    public const int SectorBytes = 512;

    private readonly SortedSet<long> _unsynced = [];
    private byte[] _current = [];
    private byte[] _durable = [];

    public long Length { get; private set; }

    public long DurableLength { get; private set; }

    /// <summary>Gets the numbers of the sectors written since the last sync.</summary>
    public IReadOnlyCollection<long> Unsynced => _unsynced;

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

    /// <summary>Gets what a power loss leaves.</summary>
    /// <param name="path">Given to <paramref name="loss"/>.</param>
    /// <param name="loss">Decides on each unsynced sector; null loses them all.</param>
    public InMemoryContent AfterPowerLoss(string path, IPowerLoss? loss)
    {
        var survivor = new InMemoryContent { DurableLength = DurableLength };
        byte[] bytes = new byte[Math.Max(_current.Length, _durable.Length)];
        _durable.AsSpan(0, (int)Math.Min(_durable.Length, DurableLength)).CopyTo(bytes);
        long length = DurableLength;
        if (loss is not null && (_unsynced.Count > 0 || Length != DurableLength))
        {
            length = loss.KeepsLength(path) ? Length : DurableLength;
            foreach (long sector in _unsynced)
            {
                int start = (int)(sector * SectorBytes);
                int count = Math.Min(SectorBytes, bytes.Length - start);
                if (count > 0)
                {
                    ReadOnlySpan<byte> written = _current.AsSpan(start, Math.Min(count, _current.Length - start));
                    loss.Decide(path, sector, written, bytes.AsSpan(start, count));
                }
            }
        }

        bytes.AsSpan((int)length).Clear();
        survivor._current = bytes;
        survivor._durable = (byte[])bytes.Clone();
        survivor.Length = length;
        survivor.DurableLength = length;
        return survivor;
    }

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

/// <summary>Decides what a power loss leaves of what was not synced.</summary>
internal interface IPowerLoss
{
    /// <summary>Gets whether a directory's unsynced entries survive.</summary>
    bool KeepsEntries(string directory);

    /// <summary>Gets whether a file's unsynced length survives.</summary>
    bool KeepsLength(string path);

    /// <summary>Decides on one unsynced sector.</summary>
    /// <param name="path">The file.</param>
    /// <param name="sector">The sector's number.</param>
    /// <param name="written">What was written, not synced.</param>
    /// <param name="disk">What the disk held; changed to what it holds after the loss.</param>
    void Decide(string path, long sector, ReadOnlySpan<byte> written, Span<byte> disk);
}
