namespace KvProcesses.Verification;

/// <summary>What every write to every key was told, and what may therefore be read. Callable from any thread.</summary>
/// <remarks>
/// Per key it remembers the acknowledged write at the highest log position, and all attempts whose outcome is unknown.
/// Of a read it
/// then demands: the acknowledged write at the highest position, or an attempt of unknown outcome at a higher one.
/// Older
/// acknowledged writes need no memory: to read one is to have lost the one at the highest position.
/// </remarks>
public sealed class WriteLedger
{
    private readonly KeyWrites[] _keys;
    private long _acknowledged;
    private long _indeterminate;
    private long _rejected;

    /// <summary>Creates an empty ledger.</summary>
    /// <param name="keys">How many keys there are.</param>
    public WriteLedger(int keys)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(keys, 1);
        _keys = new KeyWrites[keys];
        for (int i = 0; i < keys; i++)
        {
            _keys[i] = new KeyWrites();
        }
    }

    /// <summary>Gets the number of keys.</summary>
    public int Keys => _keys.Length;

    /// <summary>Gets how many writes were acknowledged.</summary>
    public long Acknowledged => Interlocked.Read(ref _acknowledged);

    /// <summary>Gets of how many writes nobody knows whether they were executed.</summary>
    public long Indeterminate => Interlocked.Read(ref _indeterminate);

    /// <summary>Gets how many writes were refused.</summary>
    public long Rejected => Interlocked.Read(ref _rejected);

    /// <summary>A write was acknowledged.</summary>
    /// <param name="key">Number of the key.</param>
    /// <param name="stamp">What was written.</param>
    /// <param name="position">Its index in the log, at least 1.</param>
    public void AddAcknowledged(int key, ValueStamp stamp, long position)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(position, 1);
        Interlocked.Increment(ref _acknowledged);
        KeyWrites writes = _keys[key];
        lock (writes)
        {
            writes.AcknowledgedCount++;
            writes.RaiseTo(stamp, position);
        }
    }

    /// <summary>A write ended without anybody knowing whether it was executed.</summary>
    /// <param name="key">Number of the key.</param>
    /// <param name="stamp">What was to be written.</param>
    public void AddIndeterminate(int key, ValueStamp stamp)
    {
        Interlocked.Increment(ref _indeterminate);
        KeyWrites writes = _keys[key];
        lock (writes)
        {
            (writes.Indeterminate ??= []).Add(stamp);
        }
    }

    /// <summary>A write was refused: nothing may ever be seen of it.</summary>
    /// <param name="key">Number of the key.</param>
    /// <param name="stamp">What was to be written.</param>
    public void AddRejected(int key, ValueStamp stamp)
    {
        Interlocked.Increment(ref _rejected);
        KeyWrites writes = _keys[key];
        lock (writes)
        {
            (writes.Rejected ??= []).Add(stamp);
        }
    }

    /// <summary>Gets the highest position at which a write to a key was acknowledged: a linearizable read that begins
    /// now may not answer below it.</summary>
    /// <param name="key">Number of the key.</param>
    /// <returns>The index; 0 if none was.</returns>
    public long HighestAcknowledged(int key)
    {
        KeyWrites writes = _keys[key];
        lock (writes)
        {
            return writes.Position;
        }
    }

    /// <summary>Gets how many writes to a key were acknowledged.</summary>
    /// <param name="key">Number of the key.</param>
    /// <returns>How many.</returns>
    public long AcknowledgedOf(int key)
    {
        KeyWrites writes = _keys[key];
        lock (writes)
        {
            return writes.AcknowledgedCount;
        }
    }

    /// <summary>Judges a linearizable read that began when no write was under way.</summary>
    /// <param name="key">Number of the key.</param>
    /// <param name="found">Whether the key was there.</param>
    /// <param name="value">The value.</param>
    /// <param name="version">The index of the entry that wrote it.</param>
    /// <returns>The verdict. An attempt of unknown outcome that was read counts from now on like an acknowledged
    /// write.</returns>
    public KeyVerdict Judge(int key, bool found, ReadOnlySpan<byte> value, long version)
    {
        KeyWrites writes = _keys[key];
        lock (writes)
        {
            if (!found)
            {
                return writes.Position == 0 ? KeyVerdict.Verified : KeyVerdict.Missing;
            }

            return ValueStamp.TryRead(key, value, out ValueStamp stamp)
                ? writes.Judge(stamp, version)
                : KeyVerdict.Damaged;
        }
    }

    private sealed class KeyWrites
    {
        public long Position { get; private set; }

        public long AcknowledgedCount { get; set; }

        public List<ValueStamp>? Indeterminate { get; set; }

        public List<ValueStamp>? Rejected { get; set; }

        private ValueStamp Highest { get; set; }

        public void RaiseTo(ValueStamp stamp, long position)
        {
            if (position > Position)
            {
                Position = position;
                Highest = stamp;
            }
        }

        public KeyVerdict Judge(ValueStamp stamp, long version)
        {
            if (Rejected?.Contains(stamp) == true)
            {
                return KeyVerdict.RejectedButThere;
            }

            if (version < Position)
            {
                return KeyVerdict.RolledBack;
            }

            if (Position > 0 && stamp == Highest)
            {
                return KeyVerdict.Verified;
            }

            if (Indeterminate?.Contains(stamp) != true)
            {
                // An acknowledged write below the highest position isn't remembered by name: see the remarks of the
                // ledger.
                return Position > 0 && AcknowledgedCount > 1 ? KeyVerdict.RolledBack : KeyVerdict.Unknown;
            }

            if (version == Position)
            {
                return KeyVerdict.RolledBack;
            }

            RaiseTo(stamp, version);
            return KeyVerdict.Verified;
        }
    }
}
