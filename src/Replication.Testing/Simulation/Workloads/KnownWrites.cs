namespace Replication.Testing.Simulation.Workloads;

/// <summary>The writes and deletes of one register of which clients were told where in the log they are, in that
/// order.</summary>
internal sealed class KnownWrites
{
    private readonly List<(long Version, long? Value)> _writes = [];
    private readonly HashSet<long> _values = [];
    private bool _isSorted = true;

    /// <summary>Gets or sets a value indicating whether there was, at the moment that is looked at, a delete of which
    /// nobody knows whether and where it was executed.</summary>
    public bool HasUnknownDelete { get; set; }

    /// <summary>Gets or sets the newest version that some client knew at the moment that is looked at.</summary>
    public long Newest { get; set; }

    /// <summary>Adds a value that may have been written, wherever.</summary>
    public void AddValue(long value) => _values.Add(value);

    /// <summary>Gets whether a value may have been written.</summary>
    public bool MayHold(long value) => _values.Contains(value);

    /// <summary>Adds a write.</summary>
    /// <param name="version">The index of its entry.</param>
    /// <param name="value">What it wrote; null if it removed the key.</param>
    public void Add(long version, long? value)
    {
        _isSorted &= _writes.Count == 0 || _writes[^1].Version < version;
        _writes.Add((version, value));
    }

    /// <summary>Gets the last write up to a position.</summary>
    /// <returns>Version 0 if there is none.</returns>
    public (long Version, long? Value) LastUpTo(long position)
    {
        int place = PlaceAfter(position);
        return place == 0 ? (0, null) : _writes[place - 1];
    }

    /// <summary>Gets the version of the last delete up to a position; 0 if there is none.</summary>
    public long LastDeleteUpTo(long position)
    {
        for (int place = PlaceAfter(position) - 1; place >= 0; place--)
        {
            if (_writes[place].Value is null)
            {
                return _writes[place].Version;
            }
        }

        return 0;
    }

    /// <summary>Gets the version of the first delete after a position; 0 if there is none.</summary>
    public long FirstDeleteAfter(long position)
    {
        for (int place = PlaceAfter(position); place < _writes.Count; place++)
        {
            if (_writes[place].Value is null)
            {
                return _writes[place].Version;
            }
        }

        return 0;
    }

    private int PlaceAfter(long position)
    {
        if (!_isSorted)
        {
            _writes.Sort((left, right) => left.Version.CompareTo(right.Version));
            _isSorted = true;
        }

        int low = 0;
        int high = _writes.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_writes[middle].Version <= position)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}
