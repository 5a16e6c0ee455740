namespace Replication.Testing.Checkers.Transactions;

/// <summary>What a transaction shows of itself to others: of each key the first value that it read before it touched
/// the key otherwise, and the last that it wrote.</summary>
internal static class External
{
    /// <summary>The reads of a committed transaction.</summary>
    public static List<Step> Reads(TransactionSet set, int transaction)
    {
        List<Step> reads = [];
        ReadOnlySpan<Step> steps = set.StepsOf(transaction);
        for (int s = 0; s < steps.Length; s++)
        {
            if (!steps[s].IsWrite && !Touches(steps[..s], steps[s].Key))
            {
                reads.Add(steps[s]);
            }
        }

        return reads;
    }

    public static List<Step> Writes(TransactionSet set, int transaction)
    {
        List<Step> writes = [];
        ReadOnlySpan<Step> steps = set.StepsOf(transaction);
        for (int s = 0; s < steps.Length; s++)
        {
            if (steps[s].IsWrite && !Writes(steps[(s + 1)..], steps[s].Key))
            {
                writes.Add(steps[s]);
            }
        }

        return writes;
    }

    private static bool Touches(ReadOnlySpan<Step> steps, int key)
    {
        foreach (Step step in steps)
        {
            if (step.Key == key)
            {
                return true;
            }
        }

        return false;
    }

    private static bool Writes(ReadOnlySpan<Step> steps, int key)
    {
        foreach (Step step in steps)
        {
            if (step.IsWrite && step.Key == key)
            {
                return true;
            }
        }

        return false;
    }
}
