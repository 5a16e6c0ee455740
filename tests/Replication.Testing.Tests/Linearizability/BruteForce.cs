using Replication.Testing.Checkers.Linearizability;
using Replication.Testing.Histories;

namespace Replication.Testing.Tests.Linearizability;

/// <summary>Tries every order of every choice of operations: slow, and too plain to be wrong.</summary>
/// <remarks>Shares with the checker nothing but the models' own rules, which it is given as plain functions.</remarks>
internal static class BruteForce
{
    public static bool IsLinearizable(History history, PlainModel model)
    {
        Operation[] operations =
            [.. history.Operations.Where(o => o.Outcome != HistoryEventType.Fail)];
        return operations.Select(o => o.Key).Distinct().All(key =>
            Extends(model.Initial, [.. operations.Where(o => o.Key == key)], model));
    }

    /// <summary>Whether the rest has an order: any operation may come first that no other one precedes.</summary>
    private static bool Extends(HistoryValue state, Operation[] rest, PlainModel model)
    {
        if (rest.All(o => o.Outcome == HistoryEventType.Info))
        {
            return true;
        }

        foreach (Operation first in rest)
        {
            if (rest.All(o => o.CompletionIndex >= first.InvocationIndex)
                && model.Outcomes(first).Any(o => model.Apply(state, new ModelOperation(o)) is HistoryValue next
                    && Extends(next, [.. rest.Where(other => other != first)], model)))
            {
                return true;
            }
        }

        return false;
    }
}
