namespace Replication.Testing.Disks;

/// <summary>Where the medium under a file isn't what the file's owner believes: per sector.</summary>
internal sealed class Medium
{
    private readonly SortedDictionary<long, byte[]> _diverged = [];
    private readonly SortedSet<long> _unreadable = [];
    private readonly SortedSet<long> _rotted = [];

    public bool IsPerfect => _diverged.Count == 0 && _unreadable.Count == 0 && _rotted.Count == 0;

    /// <summary>Gets the sectors on which the medium holds other bytes than the cache, though these count as
    /// clean.</summary>
    public IReadOnlyDictionary<long, byte[]> Diverged => _diverged;

    /// <summary>Takes note that a sector of the cache was never written; keeps what was noted before.</summary>
    public void Diverge(long sector, ReadOnlySpan<byte> medium) => _diverged.TryAdd(sector, medium.ToArray());

    /// <summary>Takes note that other bytes were written over a sector.</summary>
    public void Overwrite(long sector, ReadOnlySpan<byte> medium) => _diverged[sector] = medium.ToArray();

    public void MakeUnreadable(long sector) => _unreadable.Add(sector);

    public void MakeReadable() => _unreadable.Clear();

    public void Rot(long sector) => _rotted.Add(sector);

    public bool IsUnreadable(long offset, long end) => _unreadable.Any(sector => Overlaps(sector, offset, end));

    public bool IsDiverged(long offset, long end) => _diverged.Keys.Any(sector => Overlaps(sector, offset, end));

    /// <summary>Gets whether a range holds rotted sectors that nobody had read, and forgets them.</summary>
    public bool TakeRotted(long offset, long end) => _rotted.RemoveWhere(sector => Overlaps(sector, offset, end)) > 0;

    /// <summary>A write reached the medium: it is whole there again.</summary>
    public void Heal(long offset, long end)
    {
        for (long sector = offset / SimulatedContent.SectorBytes; Overlaps(sector, offset, end); sector++)
        {
            _diverged.Remove(sector);
            _unreadable.Remove(sector);
            _rotted.Remove(sector);
        }
    }

    /// <summary>The cache is gone: reads see what the medium holds.</summary>
    /// <param name="bytes">What is read.</param>
    /// <param name="isWaiting">Which ranges stay, because they still wait to be written.</param>
    public void Reveal(PagedBytes bytes, Func<long, long, bool> isWaiting)
    {
        foreach ((long sector, byte[] medium) in _diverged.ToArray())
        {
            long start = sector * SimulatedContent.SectorBytes;
            if (!isWaiting(start, start + SimulatedContent.SectorBytes))
            {
                int count = (int)Math.Clamp(bytes.Length - start, 0, medium.Length);
                bytes.Write(start, medium.AsSpan(0, count));
                _diverged.Remove(sector);
            }
        }
    }

    public Medium Clone()
    {
        var clone = new Medium();
        foreach ((long sector, byte[] medium) in _diverged)
        {
            clone._diverged.Add(sector, medium);
        }

        clone._unreadable.UnionWith(_unreadable);
        clone._rotted.UnionWith(_rotted);
        return clone;
    }

    private static bool Overlaps(long sector, long offset, long end) =>
        sector * SimulatedContent.SectorBytes < end && offset < (sector + 1) * SimulatedContent.SectorBytes;
}
