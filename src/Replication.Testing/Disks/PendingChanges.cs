namespace Replication.Testing.Disks;

/// <summary>A change of a file's bytes or length that no sync has covered, or a sync whose time has not passed.</summary>
/// <param name="Position">When, in the order of all changes of the disk.</param>
/// <param name="Offset">Where the change begins; -1 for a sync.</param>
/// <param name="End">Where it ends.</param>
/// <param name="OldLength">The file's length before.</param>
/// <param name="SavedStart">Where the bytes before it are kept.</param>
/// <param name="SavedBytes">How many they are; what was past the old length was zeros.</param>
internal readonly record struct PendingChange(
    long Position, long Offset, long End, long OldLength, int SavedStart, int SavedBytes)
{
    public bool IsSync => Offset < 0;
}

/// <summary>The changes of one file that may still be lost, with what it takes to undo them.</summary>
/// <remarks>A list and one buffer, both kept: in the steady state of write and sync nothing is allocated.</remarks>
internal sealed class PendingChanges
{
    private PendingChange[] _changes = [];
    private byte[] _saved = [];
    private int _savedBytes;

    public int Count { get; private set; }

    public PendingChange this[int index] => _changes[index];

    /// <summary>Adds a change before it is made.</summary>
    public void Add(long position, long offset, long end, PagedBytes bytes)
    {
        int saving = (int)Math.Max(0, Math.Min(end, bytes.Length) - offset);
        if (_saved.Length - _savedBytes < saving)
        {
            Array.Resize(ref _saved, Math.Max(_savedBytes + saving, Math.Max(1024, _saved.Length * 2)));
        }

        bytes.Read(offset, _saved.AsSpan(_savedBytes, saving));
        Add(new PendingChange(position, offset, end, bytes.Length, _savedBytes, saving));
        _savedBytes += saving;
    }

    public void AddSync(long position) => Add(new PendingChange(position, -1, -1, -1, _savedBytes, 0));

    public ReadOnlySpan<byte> SavedOf(in PendingChange change) => _saved.AsSpan(change.SavedStart, change.SavedBytes);

    /// <summary>Drops the last change.</summary>
    public void RemoveLast()
    {
        Count--;
        _savedBytes = _changes[Count].SavedStart;
    }

    public void Clear() => (Count, _savedBytes) = (0, 0);

    /// <summary>Gets the position of the last sync up to a position; -1 if there is none.</summary>
    public long LastSyncUntil(long position)
    {
        for (int i = Count - 1; i >= 0; i--)
        {
            if (_changes[i].IsSync && _changes[i].Position <= position)
            {
                return _changes[i].Position;
            }
        }

        return -1;
    }

    /// <summary>Drops everything up to the last sync that had happened at a position.</summary>
    public void Settle(long position)
    {
        int kept = Count;
        while (kept > 0 && !(_changes[kept - 1].IsSync && _changes[kept - 1].Position <= position))
        {
            kept--;
        }

        if (kept == Count)
        {
            Clear();
        }
        else if (kept > 0)
        {
            int start = _changes[kept].SavedStart;
            _saved.AsSpan(start, _savedBytes - start).CopyTo(_saved);
            _savedBytes -= start;
            for (int i = kept; i < Count; i++)
            {
                _changes[i - kept] = _changes[i] with { SavedStart = _changes[i].SavedStart - start };
            }

            Count -= kept;
        }
    }

    /// <summary>Drops the syncs that did not become durable, and keeps the changes.</summary>
    public void ForgetSyncs()
    {
        int kept = 0;
        for (int i = 0; i < Count; i++)
        {
            if (!_changes[i].IsSync)
            {
                _changes[kept++] = _changes[i];
            }
        }

        Count = kept;
    }

    public PendingChanges Clone() => new()
    {
        _changes = _changes.AsSpan(0, Count).ToArray(),
        _saved = _saved.AsSpan(0, _savedBytes).ToArray(),
        _savedBytes = _savedBytes,
        Count = Count,
    };

    private void Add(in PendingChange change)
    {
        if (Count == _changes.Length)
        {
            Array.Resize(ref _changes, Math.Max(8, Count * 2));
        }

        _changes[Count++] = change;
    }
}
