using Replication.Testing.Histories;

namespace Replication.Testing.Checkers.Replicas;

/// <summary>Checks that replicas agree.</summary>
public static class ReplicaCheck
{
    /// <summary>Checks that the last digests of all nodes are equal, and any two digests at one position.</summary>
    /// <param name="history">Operations "digest" with the node, the digest of its applied state as the result, and the
    /// applied position where known. Only what completed last on each node must be equal, so take it after faults have
    /// healed and clients have stopped.</param>
    /// <returns>The verdict, which names the operations; unknown with fewer than two nodes.</returns>
    /// <remarks>Safe to call from several threads.</remarks>
    public static Verdict Convergence(History history)
    {
        ArgumentNullException.ThrowIfNull(history);
        Dictionary<long, Operation> byPosition = [];
        Dictionary<HistoryValue, Operation> last = [];
        foreach (Operation digest in history.Operations
            .Where(o => o.F == "digest" && o.Outcome == HistoryEventType.Ok).OrderBy(o => o.CompletionIndex))
        {
            last[NodeOf(digest)] = digest;
            if (digest.Completion!.Position is { } position
                && !byPosition.TryAdd(position, digest) && byPosition[position].Result != digest.Result)
            {
                return Verdict.Invalid($"Two replicas that have applied the same {position} entries differ:\n"
                    + $"  {byPosition[position]} on {NodeOf(byPosition[position])}\n  {digest} on {NodeOf(digest)}");
            }
        }

        if (last.Count < 2)
        {
            return Verdict.Unknown($"Convergence: digests of {last.Count} nodes; at least two are needed.");
        }

        Operation first = last.Values.First();
        Operation? other = last.Values.FirstOrDefault(d => d.Result != first.Result);
        return other is null
            ? Verdict.Valid($"Convergence: {last.Count} nodes ended with the same state.")
            : Verdict.Invalid($"Replicas ended with different states:\n"
                + string.Join('\n', last.Values.Select(d => $"  {d} on {NodeOf(d)}")));
    }

    private static HistoryValue NodeOf(Operation digest) =>
        digest.Completion!.Node.IsNull ? digest.Invocation.Node : digest.Completion.Node;
}
