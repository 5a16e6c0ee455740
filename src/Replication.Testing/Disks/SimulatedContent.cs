namespace Replication.Testing.Disks;

/// <summary>The bytes of one file: as they read now, and what a power loss may undo.</summary>
internal sealed class SimulatedContent
{
    /// <summary>The unit in which a disk writes, in bytes: what is lost, kept or torn at a power loss.</summary>
    public const int SectorBytes = 512;

    private readonly PendingChanges _pending;

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
            long old = Bytes.Length;
            _pending.Add(position, Math.Min(length, old), length < old ? old : length, Bytes);
            Bytes.SetLength(length);
        }
    }

    /// <summary>Makes everything durable, at once.</summary>
    public void Sync() => _pending.Clear();

    /// <summary>Makes everything durable once its time has passed.</summary>
    public void Sync(long position)
    {
        if (IsPending)
        {
            _pending.AddSync(position);
        }
    }

    public void Settle(long position) => _pending.Settle(position);

    /// <summary>Undoes what came after a position.</summary>
    public void Rewind(long position)
    {
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
    }

    public SimulatedContent Clone() => new(Bytes.Clone(), _pending.Clone());

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

        return end <= Bytes.Length;
    }

    /// <summary>Becomes what a power loss leaves; afterwards everything is durable.</summary>
    /// <param name="loss">How.</param>
    /// <param name="choices">Answers what is open.</param>
    /// <returns>How many sectors are not as they had been written, and how many of them torn.</returns>
    public (int Lost, int Torn) LosePower(SectorLoss loss, IChoices choices)
    {
        _pending.ForgetSyncs();
        if (!IsPending || loss == SectorLoss.Prefix)
        {
            _pending.Clear();
            return default;
        }

        (int Lost, int Torn) result = new SectorLottery(Bytes, _pending).Draw(loss, choices);
        _pending.Clear();
        return result;
    }
}
