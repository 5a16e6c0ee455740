namespace Replication.Testing.Checkers.Transactions;

/// <summary>The reads whose result is known, grouped by key.</summary>
internal sealed class ReadsByKey
{
    private readonly int[] _first;
    private readonly Step[] _reads;

    /// <summary>Groups the reads of transactions.</summary>
    /// <param name="set">The transactions.</param>
    /// <param name="withFailed">Whether transactions that failed count.</param>
    public ReadsByKey(TransactionSet set, bool withFailed)
    {
        _first = new int[set.Keys.Length + 1];
        foreach (Step read in Reads(set, withFailed))
        {
            _first[read.Key + 1]++;
        }

        for (int key = 0; key < set.Keys.Length; key++)
        {
            _first[key + 1] += _first[key];
        }

        _reads = new Step[_first[^1]];
        int[] next = _first.AsSpan(0, set.Keys.Length).ToArray();
        foreach (Step read in Reads(set, withFailed))
        {
            _reads[next[read.Key]++] = read;
        }
    }

    public ReadOnlySpan<Step> Of(int key) => _reads.AsSpan(_first[key], _first[key + 1] - _first[key]);

    private static IEnumerable<Step> Reads(TransactionSet set, bool withFailed)
    {
        for (int i = 0; i < set.Count; i++)
        {
            if (withFailed || set.IsPossible(i))
            {
                for (int s = set.FirstStep[i]; s < set.FirstStep[i + 1]; s++)
                {
                    if (!set.Steps[s].IsWrite && set.Steps[s].Length > 0)
                    {
                        yield return set.Steps[s];
                    }
                }
            }
        }
    }
}
