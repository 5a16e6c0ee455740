using Replication.Testing.Checkers;
using Replication.Testing.Checkers.Counters;
using Replication.Testing.Checkers.Linearizability;
using Replication.Testing.Checkers.Transactions;

namespace Replication.Testing.Simulation.Workloads;

/// <summary>What the checkers say about what the clients of a run saw.</summary>
internal static class HistoryVerdicts
{
    /// <summary>Checks with every checker that the operations are made for, the quickest first.</summary>
    /// <param name="records">The operations.</param>
    /// <param name="groups">How many groups they go to.</param>
    /// <returns>The verdicts, each with the name of what was checked.</returns>
    public static IEnumerable<(string Rule, Verdict Verdict)> Of(IReadOnlyList<OperationRecord> records, int groups)
    {
        yield return ("linearizability-by-version", VersionOrderCheck.Check(records, groups) is { } wrong
            ? Verdict.Invalid(wrong) : Verdict.Valid("Reads saw the versions that they must."));
        yield return ("strict-serializability",
            TransactionCheck.ListAppend(HistoryForms.Transactions(records)).Verdict);
        yield return ("exactly-once", CounterCheck.ExactlyOnce(HistoryForms.Counter(records)));
        yield return ("linearizability",
            LinearizabilityChecker.Check(HistoryForms.Registers(records), LinearizabilityModels.CasRegister));
    }
}
