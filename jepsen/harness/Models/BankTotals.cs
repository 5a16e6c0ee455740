using Replication.Testing.Checkers;
using Replication.Testing.Histories;

namespace Harness.Models;

/// <summary>What a bank must show to everybody, at any level of reads: money neither appears nor vanishes.</summary>
internal static class BankTotals
{
    /// <summary>Checks every read of an opened bank.</summary>
    public static Verdict Check(History history, long total)
    {
        long checks = 0;
        foreach (Operation read in history.Operations.Where(
            operation => operation is { F: "read", Outcome: HistoryEventType.Ok } && operation.Result.Items.Length > 0))
        {
            long[] balances = [.. read.Result.Items.ToArray().Select(balance => balance.Number)];
            if (balances.Sum() != total || balances.Min() < 0)
            {
                return Verdict.Invalid($"{read}: the balances come to {balances.Sum()} and not to {total}, or one is "
                    + "below zero.");
            }

            checks++;
        }

        return checks > 0 ? Verdict.Valid($"{checks} reads came to {total}.")
            : Verdict.Unknown("No bank was read after it opened.");
    }
}
