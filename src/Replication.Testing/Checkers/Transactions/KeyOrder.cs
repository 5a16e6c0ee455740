namespace Replication.Testing.Checkers.Transactions;

/// <summary>Orders of versions that follow from the order of the transactions that touched a key.</summary>
internal sealed class KeyOrder(TransactionSet set)
{
    /// <summary>Each client touches the versions of a key in their order.</summary>
    public List<(int Before, int After)> Sequential()
    {
        List<(int, int)> edges = [];
        foreach (List<Touch> touches in TouchesByKey())
        {
            Dictionary<long, Touch> last = [];
            foreach (Touch touch in touches.Where(t => set.IsOk(t.Transaction)))
            {
                long process = set.Operations[touch.Transaction].Process;
                if (last.TryGetValue(process, out Touch earlier))
                {
                    AddEdge(earlier, touch, edges);
                }

                last[process] = touch;
            }
        }

        return edges;
    }

    /// <summary>A transaction that began after another had completed touches no earlier version.</summary>
    public List<(int Before, int After)> Linearizable()
    {
        List<(int, int)> edges = [];
        foreach (List<Touch> touches in TouchesByKey())
        {
            // By rising invocation. Earlier ones matter only as far back as no other lies between.
            for (int i = 0; i < touches.Count; i++)
            {
                long invocation = set.Operations[touches[i].Transaction].InvocationIndex;
                long latestStart = long.MinValue;
                for (int j = i - 1; j >= 0; j--)
                {
                    int earlier = touches[j].Transaction;
                    if (set.IsOk(earlier) && set.Index[earlier] < invocation && set.Index[earlier] > latestStart)
                    {
                        AddEdge(touches[j], touches[i], edges);
                        latestStart = Math.Max(latestStart, set.Operations[earlier].InvocationIndex);
                    }
                }
            }
        }

        return edges;
    }

    private static void AddEdge(Touch before, Touch after, List<(int, int)> edges)
    {
        if (before.Last != after.First)
        {
            edges.Add((before.Last, after.First));
        }
    }

    private List<Touch>[] TouchesByKey()
    {
        List<Touch>[] touches = new List<Touch>[set.Keys.Length];
        for (int key = 0; key < touches.Length; key++)
        {
            touches[key] = [];
        }

        for (int i = 0; i < set.Count; i++)
        {
            if (!set.IsPossible(i))
            {
                continue;
            }

            List<Step> reads = set.IsOk(i) ? External.Reads(set, i) : [];
            List<Step> writes = External.Writes(set, i);
            foreach (int key in reads.Concat(writes).Select(s => s.Key).Distinct())
            {
                List<int> versions =
                [
                    .. reads.Where(r => r.Key == key).Concat(writes.Where(w => w.Key == key))
                        .Select(s => RegisterVersions.PlaceOf(set, s)),
                ];
                touches[key].Add(new Touch(i, versions[0], versions[^1]));
            }
        }

        return touches;
    }

    /// <summary>A transaction with the first and the last version of a key that it touched.</summary>
    private readonly record struct Touch(int Transaction, int First, int Last);
}
