namespace Replication.Testing.Checkers.Transactions;

/// <summary>Finds committed transactions that read the same version of a key and then each wrote the key.</summary>
internal static class LostUpdates
{
    public static void Find(TransactionSet set, AnomalyReport report)
    {
        Dictionary<Step, List<int>> updates = new(new SameVersion(set));
        for (int i = 0; i < set.Count; i++)
        {
            if (set.IsOk(i))
            {
                AddUpdates(set, i, updates);
            }
        }

        foreach ((Step read, List<int> transactions) in updates)
        {
            if (transactions.Count > 1)
            {
                report.Add(
                    "lost-update",
                    () => $"These committed transactions read the same version of key {set.DescribeKey(read.Key)} and "
                        + $"then wrote it:\n  {string.Join("\n  ", transactions.Select(set.Describe))}");
            }
        }
    }

    private static void AddUpdates(TransactionSet set, int transaction, Dictionary<Step, List<int>> updates)
    {
        ReadOnlySpan<Step> steps = set.StepsOf(transaction);
        for (int s = 0; s < steps.Length; s++)
        {
            if (steps[s].IsWrite || !IsFirstRead(steps, s) || !IsWrittenLater(steps, s))
            {
                continue;
            }

            if (!updates.TryGetValue(steps[s], out List<int>? transactions))
            {
                updates[steps[s]] = transactions = [];
            }

            transactions.Add(transaction);
        }
    }

    private static bool IsFirstRead(ReadOnlySpan<Step> steps, int s)
    {
        foreach (Step earlier in steps[..s])
        {
            if (!earlier.IsWrite && earlier.Key == steps[s].Key)
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsWrittenLater(ReadOnlySpan<Step> steps, int s)
    {
        foreach (Step later in steps[(s + 1)..])
        {
            if (later.IsWrite && later.Key == steps[s].Key)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Equality of what two reads saw of one key.</summary>
    private sealed class SameVersion(TransactionSet set) : IEqualityComparer<Step>
    {
        public bool Equals(Step x, Step y) =>
            x.Key == y.Key && x.Length == y.Length
            && (set.HoldsLists ? set.ListOf(x).SequenceEqual(set.ListOf(y)) : x.Value == y.Value);

        public int GetHashCode(Step read)
        {
            int version = !set.HoldsLists ? read.Value : read.Length == 0 ? 0 : set.ListOf(read)[^1];
            return HashCode.Combine(read.Key, read.Length, version);
        }
    }
}
