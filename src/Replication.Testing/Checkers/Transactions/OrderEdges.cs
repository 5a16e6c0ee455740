namespace Replication.Testing.Checkers.Transactions;

/// <summary>The dependencies that the order of events gives.</summary>
internal static class OrderEdges
{
    /// <summary>Adds an edge from each committed transaction of a client to its next one.</summary>
    public static void AddProcess(TransactionSet set, DependencyGraph.Builder graph)
    {
        Dictionary<long, int> last = [];
        for (int i = 0; i < set.Count; i++)
        {
            if (set.IsOk(i))
            {
                long process = set.Operations[i].Process;
                if (last.TryGetValue(process, out int previous))
                {
                    graph.Add(previous, i, Dependency.Process);
                }

                last[process] = i;
            }
        }
    }

    /// <summary>Adds edges from committed transactions to those that began after they had completed.</summary>
    /// <remarks>Only as many as reach all others: a completion that another covers is dropped.</remarks>
    public static void AddRealtime(TransactionSet set, DependencyGraph.Builder graph)
    {
        // The completed ones that no later one covers, and for each transaction those with an edge to it.
        List<int> last = [];
        Dictionary<int, int[]> before = [];
        foreach ((int transaction, bool isInvocation) in Events(set))
        {
            if (isInvocation)
            {
                foreach (int earlier in last)
                {
                    graph.Add(earlier, transaction, Dependency.Realtime);
                }

                before[transaction] = [.. last];
            }
            else if (set.IsOk(transaction))
            {
                before.Remove(transaction, out int[]? covered);
                last.RemoveAll(t => Array.IndexOf(covered!, t) >= 0);
                last.Add(transaction);
            }
            else
            {
                before.Remove(transaction);
            }
        }
    }

    private static IEnumerable<(int Transaction, bool IsInvocation)> Events(TransactionSet set)
    {
        int[] byCompletion = new int[set.Count];
        long[] completion = new long[set.Count];
        for (int i = 0; i < byCompletion.Length; i++)
        {
            byCompletion[i] = i;
            completion[i] = set.Operations[i].Completion?.Index ?? long.MaxValue;
        }

        Array.Sort(completion, byCompletion);
        int next = 0;
        for (int i = 0; i < set.Count; i++)
        {
            for (; completion[next] < set.Operations[i].InvocationIndex; next++)
            {
                yield return (byCompletion[next], false);
            }

            yield return (i, true);
        }
    }
}
