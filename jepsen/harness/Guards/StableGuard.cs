using System.Globalization;
using Harness.Nemeses;
using Replication.Testing.Checkers;
using Replication.Testing.Histories;

namespace Harness.Guards;

/// <summary>Asks whether nearly everything succeeds while nothing is broken: a cluster that refuses work without a
/// fault passes every check of safety.</summary>
internal static class StableGuard
{
    private const double ShareMin = 0.95;
    private const int OperationsMin = 50;
    private const long GraceNanoseconds = 2_000_000_000;

    /// <summary>Checks.</summary>
    /// <param name="operations">What clients did.</param>
    /// <param name="faults">The faults, by their time. The seconds after one belong to the recovery.</param>
    /// <returns>Valid or unknown.</returns>
    public static Verdict Check(IReadOnlyList<Operation> operations, IReadOnlyList<FaultRecord> faults)
    {
        List<Operation> stable = [.. operations.Where(operation => IsStable(operation, faults))];
        int ok = stable.Count(operation => operation.Outcome == HistoryEventType.Ok);
        string words = string.Create(CultureInfo.InvariantCulture,
            $"{ok} of {stable.Count} operations away from faults succeeded.");
        return stable.Count < OperationsMin
            ? Verdict.Unknown($"{words} Fewer than {OperationsMin} operations: no comparison.")
            : ok >= ShareMin * stable.Count ? Verdict.Valid(words)
            : Verdict.Unknown(string.Create(CultureInfo.InvariantCulture, $"{words} Less than {ShareMin:P0}."));
    }

    private static bool IsStable(Operation operation, IReadOnlyList<FaultRecord> faults)
    {
        long began = operation.Invocation.Time ?? 0;
        long ended = operation.Completion?.Time ?? long.MaxValue;
        return faults.All(fault => ended < fault.Begin || began > fault.End + GraceNanoseconds);
    }
}
