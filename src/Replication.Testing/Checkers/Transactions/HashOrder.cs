using System.Numerics;
using Replication.Testing.Histories;

namespace Replication.Testing.Checkers.Transactions;

/// <summary>A fixed order in which equally good candidates are taken, that of Murmur3 hashes in a trie of 32.</summary>
/// <remarks>
/// Which of two longest lists that contradict each other becomes the version order, and which of many cycles is found
/// first, is arbitrary. Jepsen's checkers leave it to the hash sets of their platform; the same order here makes the
/// verdicts comparable one by one. It depends on indices and values only, so it is the same in each run.
/// </remarks>
internal static class HashOrder
{
    /// <summary>The place of a list among lists of the same key: a later one has the higher number.</summary>
    public static uint OfList(TransactionSet set, ReadOnlySpan<int> list)
    {
        uint hash = 1;
        foreach (int element in list)
        {
            hash = (31 * hash) + HashValue(set.ElementValue[element]);
        }

        return Groups(Finish(MixHash(0, hash), (uint)list.Length));
    }

    /// <summary>Orders nodes by the indices of their transactions: at each level of the trie those alone in their
    /// branch, then the branches.</summary>
    /// <returns>The positions of <paramref name="indices"/> in order.</returns>
    public static int[] OfIndices(ReadOnlySpan<long> indices)
    {
        uint[] groups = new uint[indices.Length];
        int[] places = new int[indices.Length];
        for (int i = 0; i < indices.Length; i++)
        {
            groups[i] = Groups(Spread((int)HashNumber(indices[i])));
            places[i] = i;
        }

        Array.Sort(groups, places);
        int[] result = new int[places.Length];
        int filled = 0;
        Walk(groups, places, 0, places.Length, 27, result, ref filled);
        return result;
    }

    private static void Walk(
        uint[] groups, int[] places, int from, int to, int shift, int[] result, ref int filled)
    {
        if (shift < -5)
        {
            // Equal hashes.
            for (int i = from; i < to; i++)
            {
                result[filled++] = places[i];
            }

            return;
        }

        for (int pass = 0; pass < 2; pass++)
        {
            for (int i = from; i < to;)
            {
                int end = i + 1;
                while (end < to && Group(groups[end], shift) == Group(groups[i], shift))
                {
                    end++;
                }

                if (pass == 0 && end == i + 1)
                {
                    result[filled++] = places[i];
                }
                else if (pass == 1 && end > i + 1)
                {
                    Walk(groups, places, i, end, shift - 5, result, ref filled);
                }

                i = end;
            }
        }
    }

    private static uint Group(uint groups, int shift) => shift < 0 ? groups & 3 : (groups >> shift) & 31;

    /// <summary>Turns the groups of five bits around, so that the lowest, by which the trie branches first, decides
    /// first.</summary>
    private static uint Groups(uint hash)
    {
        uint groups = 0;
        for (int shift = 0; shift < 30; shift += 5)
        {
            groups = (groups << 5) | ((hash >> shift) & 31);
        }

        return (groups << 2) | (hash >> 30);
    }

    private static uint Spread(int hash)
    {
        uint spread = (uint)(int)(((long)hash >> 32) ^ hash);
        spread ^= (spread >> 20) ^ (spread >> 12);
        return spread ^ (spread >> 7) ^ (spread >> 4);
    }

    private static uint HashValue(HistoryValue value) => value.Kind switch
    {
        HistoryValueKind.Number => HashNumber(value.Number),
        HistoryValueKind.Text => HashText(value.Text),
        _ => 0,
    };

    private static uint HashNumber(long number) =>
        number == 0 ? 0 : Finish(MixHash(MixHash(0, (uint)number), (uint)(number >>> 32)), 8);

    private static uint HashText(string text)
    {
        uint hash = 0;
        foreach (char c in text)
        {
            hash = (31 * hash) + c;
        }

        return hash == 0 ? 0 : Finish(MixHash(0, hash), 4);
    }

    private static uint MixHash(uint state, uint key)
    {
        key *= 0xcc9e2d51;
        key = BitOperations.RotateLeft(key, 15) * 0x1b873593;
        return (BitOperations.RotateLeft(state ^ key, 13) * 5) + 0xe6546b64;
    }

    private static uint Finish(uint state, uint length)
    {
        state ^= length;
        state = (state ^ (state >> 16)) * 0x85ebca6b;
        state = (state ^ (state >> 13)) * 0xc2b2ae35;
        return state ^ (state >> 16);
    }
}
