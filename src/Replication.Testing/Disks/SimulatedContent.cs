using Replication.Raft.Determinism;

namespace Replication.Testing.Disks;

/// <summary>The bytes of one file: as they read now, what a power loss may undo, and what the medium hides.</summary>
internal sealed class SimulatedContent
{
    /// <summary>The unit in which a disk writes, in bytes: what is lost, kept or torn at a power loss.</summary>
    public const int SectorBytes = 512;

    private readonly PendingChanges _pending;
    private long _liedUntil;

    public SimulatedContent()
        : this(new PagedBytes(), new PendingChanges())
    {
    }

    private SimulatedContent(PagedBytes bytes, PendingChanges pending)
    {
        Bytes = bytes;
        _pending = pending;
    }

    public PagedBytes Bytes { get; }

    /// <summary>Gets what is wrong with the medium; null if nothing is.</summary>
    public Medium? Medium { get; private set; }

    /// <summary>Gets or sets a value indicating whether the disk has it on its list of files with changes.</summary>
    public bool IsListed { get; set; }

    public bool IsPending => _pending.Count > 0;

    /// <summary>Gets the position of the oldest change that may be lost; the largest number if there is none.</summary>
    public long FirstPending => IsPending ? _pending[0].Position : long.MaxValue;

    public void Write(long position, long offset, ReadOnlySpan<byte> source)
    {
        if (!source.IsEmpty)
        {
            _pending.Add(position, offset, offset + source.Length, Bytes);
            Bytes.Write(offset, source);
        }
    }

    public void SetLength(long position, long length)
    {
        if (length != Bytes.Length)
        {
            _pending.Add(position, Math.Min(length, Bytes.Length), Math.Max(length, Bytes.Length), Bytes);
            Bytes.SetLength(length);
        }
    }

    /// <summary>Makes everything durable, at once.</summary>
    public void Sync()
    {
        Heal(long.MaxValue);
        _pending.Clear();
    }

    /// <summary>Makes everything durable once its time has passed.</summary>
    public void Sync(long position)
    {
        if (IsPending)
        {
            _pending.AddSync(position);
        }
    }

    public void Settle(long position)
    {
        if (Medium is not null)
        {
            Heal(_pending.LastSyncUntil(position));
        }

        _pending.Settle(position);
    }

    /// <summary>Undoes what came after a position.</summary>
    /// <returns>Whether that was anything.</returns>
    public bool Rewind(long position)
    {
        int before = _pending.Count;
        while (IsPending && _pending[_pending.Count - 1].Position > position)
        {
            PendingChange change = _pending[_pending.Count - 1];
            if (!change.IsSync)
            {
                Bytes.Write(change.Offset, _pending.SavedOf(change));
                Bytes.SetLength(change.OldLength);
            }

            _pending.RemoveLast();
        }

        return _pending.Count < before;
    }

    /// <summary>A sync fails and marks the pages as clean: the new length is there, the bytes never come.</summary>
    public void FailSyncKeepingPages()
    {
        Medium medium = Medium ??= new Medium();
        new SectorLottery(Bytes, _pending, medium).Diverge();
        _pending.Clear();
    }

    /// <summary>A sync confirms what it didn't write; a later one may still write it.</summary>
    public void LieUntil(long position) => _liedUntil = position;

    /// <summary>Gets whether a sync confirmed a change after a position that may still be lost.</summary>
    public bool HasConfirmedBeyond(long position)
    {
        for (int i = _pending.Count - 1; i >= 0 && _pending[i].Position > position; i--)
        {
            if (!_pending[i].IsSync && _pending[i].Position <= _liedUntil)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Makes everything durable but one sector.</summary>
    /// <param name="stream">Chooses the sector, and the victim.</param>
    /// <param name="overwritesAnother">Whether the sector's bytes land on another sector.</param>
    /// <returns>Whether there was a sector.</returns>
    public bool SyncAllButOne(SplitMix64 stream, bool overwritesAnother)
    {
        var lottery = new SectorLottery(Bytes, _pending, Medium);
        bool found = lottery.TryChoose(stream, out long sector, out byte[] old, out byte[] written);
        Sync();
        if (found)
        {
            Medium ??= new Medium();
            Medium.Overwrite(sector, old);
            long sectors = (Bytes.Length + SectorBytes - 1) / SectorBytes;
            if (overwritesAnother && sectors > 1)
            {
                Medium.Overwrite((sector + 1 + stream.NextBelow(sectors - 1)) % sectors, written);
            }
        }

        return found;
    }

    /// <summary>Flips a bit on the medium and in the cache; a sector that waits for its write hides it.</summary>
    /// <returns>Whether the sector is there and durable.</returns>
    public bool Flip(long offset, int bit)
    {
        long start = offset / SectorBytes * SectorBytes;
        if (offset >= Bytes.Length || !IsDurable(start, Math.Min(start + SectorBytes, Bytes.Length)))
        {
            return false;
        }

        Span<byte> one = stackalloc byte[1];
        Bytes.Read(offset, one);
        one[0] ^= (byte)(1 << bit);
        Bytes.Write(offset, one);
        (Medium ??= new Medium()).Rot(offset / SectorBytes);
        return true;
    }

    public void MakeUnreadable(long offset) => (Medium ??= new Medium()).MakeUnreadable(offset / SectorBytes);

    public void MakeReadable() => Medium?.MakeReadable();

    /// <summary>The cache of clean pages is gone: reads see the medium, but for what waits for its write.</summary>
    public void DropCache() => Medium?.Reveal(Bytes, IsWaiting);

    public SimulatedContent Clone() => new(Bytes.Clone(), _pending.Clone())
    {
        Medium = Medium?.Clone(),
        _liedUntil = _liedUntil,
    };

    /// <summary>Gets whether a power loss can't take anything of a range, whatever it takes.</summary>
    public bool IsDurable(long offset, long end)
    {
        for (int i = 0; i < _pending.Count; i++)
        {
            PendingChange change = _pending[i];
            if (!change.IsSync && ((change.Offset < end && offset < change.End) || change.OldLength < end))
            {
                return false;
            }
        }

        return end <= Bytes.Length && !(Medium?.IsDiverged(offset, end) ?? false);
    }

    /// <summary>Becomes what a power loss leaves; afterwards everything is durable.</summary>
    /// <returns>How many sectors are not as they had been written, and whether a sync had confirmed one.</returns>
    public (int Lost, bool HadConfirmed) LosePower(SectorLoss loss, IChoices choices)
    {
        _pending.ForgetSyncs();
        int lost = 0;
        bool hadConfirmed = FirstPending <= _liedUntil;
        if (IsPending && loss != SectorLoss.Prefix)
        {
            lost = new SectorLottery(Bytes, _pending, Medium).Draw(loss, choices);
        }

        Sync();
        DropCache();
        return (lost, hadConfirmed && lost > 0);
    }

    private bool IsWaiting(long offset, long end)
    {
        for (int i = 0; i < _pending.Count; i++)
        {
            PendingChange change = _pending[i];
            if (!change.IsSync && change.Offset < end && offset < change.End)
            {
                return true;
            }
        }

        return false;
    }

    private void Heal(long position)
    {
        if (Medium is not null)
        {
            for (int i = 0; i < _pending.Count && _pending[i].Position <= position; i++)
            {
                Medium.Heal(_pending[i].Offset, _pending[i].End);
            }

            Medium = Medium.IsPerfect ? null : Medium;
        }
    }
}
