using Replication.Primitives;

namespace Replication.Sessions;

/// <summary>One client session: its floor and the results above it, in a ring by sequence.</summary>
internal sealed class OpenSession
{
    private const int CapacityMin = 4;

    private StoredResult[] _ring = [];

    public OpenSession(long id, long timeoutMilliseconds, HybridTimestamp lastWrite, long floor)
    {
        Id = id;
        TimeoutMilliseconds = timeoutMilliseconds;
        LastWrite = lastWrite;
        Floor = floor;
    }

    public long Id { get; }

    public long TimeoutMilliseconds { get; }

    /// <summary>Gets or sets the log time of the last entry of this session.</summary>
    public HybridTimestamp LastWrite { get; set; }

    /// <summary>Gets the lowest sequence that the client has not acknowledged.</summary>
    public long Floor { get; private set; }

    /// <summary>Gets the sum of what the stored results are charged with.</summary>
    public long Bytes { get; private set; }

    /// <summary>Gets or sets the place in the heap of expiries.</summary>
    public int HeapPlace { get; set; }

    /// <summary>Gets the last moment of log time at which it lives.</summary>
    public HybridTimestamp Expiry
    {
        get
        {
            long timeout = TimeoutMilliseconds << 16;
            return new(LastWrite.Value > long.MaxValue - timeout ? long.MaxValue : LastWrite.Value + timeout);
        }
    }

    public bool TryGet(long sequence, out StoredResult stored)
    {
        stored = _ring.Length == 0 ? default : _ring[Place(sequence)];
        return stored.Sequence == sequence && sequence != 0;
    }

    /// <summary>Keeps a result; its sequence is at or above the floor and not stored yet.</summary>
    public void Add(in StoredResult result)
    {
        long span = result.Sequence - Floor + 1;
        if (span > _ring.Length)
        {
            Grow(span);
        }

        _ring[Place(result.Sequence)] = result;
        Bytes += result.ChargedBytes;
    }

    /// <summary>Raises the floor and forgets the results below it.</summary>
    public void RaiseFloor(long floor)
    {
        if (floor <= Floor)
        {
            return;
        }

        long end = Math.Min(floor, Floor + _ring.Length);
        for (long sequence = Floor; sequence < end; sequence++)
        {
            ref StoredResult place = ref _ring[Place(sequence)];
            if (place.Sequence == sequence)
            {
                Bytes -= place.ChargedBytes;
                place = default;
            }
        }

        Floor = floor;
    }

    /// <summary>Gets the stored results in order of sequence.</summary>
    public IEnumerable<StoredResult> Results()
    {
        for (int i = 0; i < _ring.Length; i++)
        {
            if (TryGet(Floor + i, out StoredResult stored))
            {
                yield return stored;
            }
        }
    }

    private int Place(long sequence) => (int)(sequence & (_ring.Length - 1));

    private void Grow(long span)
    {
        StoredResult[] old = _ring;
        _ring = new StoredResult[(int)Math.Max(
            CapacityMin, System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)span))];
        foreach (StoredResult result in old)
        {
            if (result.Sequence != 0)
            {
                _ring[Place(result.Sequence)] = result;
            }
        }
    }
}
