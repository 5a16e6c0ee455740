using Replication.Storage.Engine.Tree;

namespace Replication.Storage.Engine.Values;

/// <summary>The owner's account of the value log: which records wait to be written, which are needed, and whose
/// values are in memory.</summary>
/// <remarks>
/// For each key, records lie in the log in the order of their versions: only a newest version is ever copied forward,
/// and copies are
/// written before anything applied since. So a restart that takes the last record of each key takes the newest
/// version, and a
/// tombstone needs no copy: whatever it hides lies before it and goes with it or earlier.
/// </remarks>
internal sealed class ValueLedger
{
    private readonly KeyValueEngineOptions _options;
    private readonly long _compactionBytesMin;
    private readonly List<KeyVersion> _selected = [];
    private RecordBatch _pending = new(1);
    private LandedChunk _newest;
    private ChunkPosition _compaction;
    private ChunkPosition _eviction;
    private long _selectedBytes;
    private int _landed;

    /// <summary>Creates an account.</summary>
    /// <param name="options">Sizes and limits.</param>
    /// <param name="compactionBytesMin">A log that is smaller is not compacted.</param>
    /// <param name="chunks">What the log holds already, in order of address.</param>
    public ValueLedger(KeyValueEngineOptions options, long compactionBytesMin, IReadOnlyList<LandedChunk> chunks)
    {
        _options = options;
        _compactionBytesMin = compactionBytesMin;
        LandedChunk first = new([], 0);
        _newest = first;
        _compaction = new ChunkPosition(first);
        _eviction = new ChunkPosition(first);
        foreach (LandedChunk chunk in chunks)
        {
            TotalBytes += chunk.UnlistedBytes;
            foreach (KeyVersion version in chunk.Versions)
            {
                int bytes = ValueRecord.SizeOf(version);
                TotalBytes += bytes;
                LiveBytes += bytes;
                CachedBytes += version.CachedValue?.Length ?? 0;
            }

            Chain(chunk);
        }
    }

    /// <summary>Gets the bytes of records in the log that were not given up.</summary>
    public long TotalBytes { get; private set; }

    /// <summary>Gets the part of them that a read may need.</summary>
    public long LiveBytes { get; private set; }

    /// <summary>Gets the bytes of durable values in memory.</summary>
    public long CachedBytes { get; private set; }

    /// <summary>Gets the bytes of values in memory that are not durable here yet, those being written
    /// included.</summary>
    public long UnwrittenBytes => _pending.ValueBytes + InFlightBytes;

    private long InFlightBytes { get; set; }

    private bool IsWorthCompacting =>
        TotalBytes > _compactionBytesMin && TotalBytes - LiveBytes > TotalBytes * _options.CompactionDeadRatio;

    /// <summary>Takes a new version, to be written by the next checkpoint.</summary>
    public void Add(KeyVersion version) => _pending.Add(version);

    /// <summary>Nothing that starts from now on can need a version; snapshots that do still read it.</summary>
    public void Kill(KeyVersion version)
    {
        if (version.IsDead)
        {
            return;
        }

        version.IsDead = true;
        if (version.Batch == _pending.Number)
        {
            _pending.Drop(version);
            return;
        }

        LiveBytes -= ValueRecord.SizeOf(version);
        if (version.Batch <= _landed)
        {
            Evict(version);
        }
    }

    /// <summary>Lets go of the oldest written values while there are too many bytes of them in memory.</summary>
    /// <param name="steps">The most versions to look at.</param>
    public void Evict(int steps)
    {
        long ignored = 0;
        while (steps-- > 0 && CachedBytes > _options.ValueCacheBytesMax
            && _eviction.TryPeek(out KeyVersion version, ref ignored))
        {
            Evict(version);
            _eviction.Advance();
        }
    }

    /// <summary>Looks at the oldest records while too much of the log is dead, and selects those that are needed for
    /// copying.</summary>
    /// <param name="steps">The most records to look at.</param>
    /// <param name="copyBytesMax">The most bytes to be copied by one checkpoint.</param>
    public void Compact(int steps, long copyBytesMax)
    {
        while (steps-- > 0 && _selectedBytes < copyBytesMax && IsWorthCompacting)
        {
            long unlisted = 0;
            bool found = _compaction.TryPeek(out KeyVersion version, ref unlisted);
            TotalBytes -= unlisted;

            // A version within the window waits until it dies: copying it would put it behind its successor.
            if (!found || (version.IsSuperseded && !version.IsDead))
            {
                return;
            }

            _compaction.Advance();
            int bytes = ValueRecord.SizeOf(version);
            if (version.IsDead)
            {
                Evict(version);
                TotalBytes -= bytes;
            }
            else
            {
                _selected.Add(version);
                _selectedBytes += bytes;
            }
        }
    }

    /// <summary>Hands over everything that waits to be written.</summary>
    public ValueHandOver HandOver()
    {
        long unlisted = 0;
        bool found = _compaction.TryPeek(out KeyVersion first, ref unlisted);
        TotalBytes += _pending.RecordBytes - unlisted;
        LiveBytes += _pending.LiveBytes;
        InFlightBytes = _pending.ValueBytes;
        ValueHandOver handOver = new([.. _selected], _pending, found ? first : null);
        _selected.Clear();
        _selectedBytes = 0;
        _pending = new RecordBatch(_pending.Number + 1);
        return handOver;
    }

    /// <summary>What was handed over is durable at its addresses.</summary>
    public void Land(ValueHandOver handOver)
    {
        for (int i = 0; i < handOver.Relocated.Length; i++)
        {
            handOver.Relocated[i].Address = handOver.RelocatedTo[i];
        }

        Chain(new LandedChunk(handOver.Relocated, 0));
        Chain(new LandedChunk(handOver.Written, 0));
        CachedBytes += handOver.Batch.ValueBytes;
        InFlightBytes = 0;
        _landed = handOver.Batch.Number;
    }

    private void Evict(KeyVersion version)
    {
        if (version.CachedValue is { } value)
        {
            CachedBytes -= value.Length;
            version.Evict();
        }
    }

    private void Chain(LandedChunk chunk)
    {
        if (chunk.Versions.Length > 0 || chunk.UnlistedBytes > 0)
        {
            _newest.Next = chunk;
            _newest = chunk;
        }
    }
}
