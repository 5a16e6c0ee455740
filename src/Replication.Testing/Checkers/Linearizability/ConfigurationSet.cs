namespace Replication.Testing.Checkers.Linearizability;

/// <summary>
/// The configurations that a search has seen: how many operations have returned, the state, and which others are
/// linearized. Exact: equal hashes are compared word by word.
/// </summary>
internal sealed class ConfigurationSet
{
    private const int EntriesMin = 256;

    private readonly int _words;
    private readonly int _stride;
    private readonly ulong[] _zobrist;
    private ulong[] _entries;
    private int[] _buckets;
    private int _count;

    public ConfigurationSet(int slots)
    {
        _words = Math.Max(1, (slots + 63) / 64);
        _stride = _words + 1;
        Mask = new ulong[_words];
        _zobrist = new ulong[slots];
        ulong seed = 0;
        for (int i = 0; i < slots; i++)
        {
            _zobrist[i] = Mix(seed += 0x9e3779b97f4a7c15);
        }

        _entries = new ulong[EntriesMin * _stride];
        _buckets = new int[EntriesMin * 2];
    }

    /// <summary>Gets the slots of operations that are linearized and have not returned.</summary>
    public ulong[] Mask { get; }

    /// <summary>Gets the hash of <see cref="Mask"/>, kept up to date slot by slot.</summary>
    public ulong MaskHash { get; private set; }

    /// <summary>Gets the bytes held.</summary>
    public long Bytes => (8L * _entries.Length) + (4L * _buckets.Length);

    /// <summary>Puts a slot in or takes it out.</summary>
    public void Toggle(int slot)
    {
        Mask[slot >> 6] ^= 1UL << (slot & 63);
        MaskHash ^= _zobrist[slot];
    }

    /// <summary>Adds the configuration of <see cref="Mask"/>; false if it was there.</summary>
    public bool Add(int returned, int state)
    {
        ulong head = ((ulong)(uint)returned << 32) | (uint)state;
        int at = BucketOf(MaskHash, head);
        for (; _buckets[at] != 0; at = (at + 1) & (_buckets.Length - 1))
        {
            int entry = (_buckets[at] - 1) * _stride;
            if (_entries[entry] == head && _entries.AsSpan(entry + 1, _words).SequenceEqual(Mask))
            {
                return false;
            }
        }

        if ((_count + 1) * _stride > _entries.Length)
        {
            Grow();
            at = FreeBucket(BucketOf(MaskHash, head));
        }

        int added = _count * _stride;
        _entries[added] = head;
        Mask.CopyTo(_entries, added + 1);
        _buckets[at] = ++_count;
        return true;
    }

    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
        value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
        return value ^ (value >> 31);
    }

    private int BucketOf(ulong maskHash, ulong head) => (int)Mix(head ^ maskHash) & (_buckets.Length - 1);

    private int FreeBucket(int at)
    {
        while (_buckets[at] != 0)
        {
            at = (at + 1) & (_buckets.Length - 1);
        }

        return at;
    }

    private void Grow()
    {
        Array.Resize(ref _entries, checked(_entries.Length * 2));
        _buckets = new int[_buckets.Length * 2];
        for (int i = 0; i < _count; i++)
        {
            ulong maskHash = 0;
            for (int word = 0; word < _words; word++)
            {
                for (ulong bits = _entries[(i * _stride) + 1 + word]; bits != 0; bits &= bits - 1)
                {
                    maskHash ^= _zobrist[(word * 64) + System.Numerics.BitOperations.TrailingZeroCount(bits)];
                }
            }

            _buckets[FreeBucket(BucketOf(maskHash, _entries[i * _stride]))] = i + 1;
        }
    }
}
