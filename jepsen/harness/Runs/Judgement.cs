using Harness.Guards;
using Harness.Nemeses;
using Harness.Workloads;
using Replication.Testing.Checkers;
using Replication.Testing.Checkers.Vacuity;
using Replication.Testing.Histories;

namespace Harness.Runs;

/// <summary>All that is asked of a run: that it was right, and that it shows something.</summary>
/// <param name="options">What the run was asked for.</param>
/// <param name="workload">What clients did.</param>
internal sealed class Judgement(TestOptions options, IWorkload workload)
{
    private const double OkPerSecondMin = 83;

    /// <summary>Judges.</summary>
    /// <param name="history">What clients saw.</param>
    /// <param name="faults">What the nemesis did.</param>
    /// <param name="recovery">Whether the cluster came back when all was healed.</param>
    public IReadOnlyList<NamedVerdict> Of(History history, IReadOnlyList<FaultRecord> faults, Verdict recovery) =>
    [
        new(workload.Consistency ?? workload.Model, workload.Check(history)),
        new("recovery", recovery),
        new("functions and faults", VacuityChecker.Check(history, new VacuityOptions
        {
            OkShareMin = 0.3, OverlappedReadsMin = 0, FaultEffects = Effects(faults),
        })),
        new("overlap", OverlapGuard.Check(history, workload.AccessesOf)),
        new("stability", StableGuard.Check(history.Operations, faults)),
        new("amount", Amount(history)),
    ];

    private SortedDictionary<string, long> Effects(IReadOnlyList<FaultRecord> faults)
    {
        SortedDictionary<string, long> effects = new(StringComparer.Ordinal);
        foreach (string name in options.Nemeses)
        {
            effects[name] = faults.Count(fault => fault.Nemesis == name && fault.HadEffect);
        }

        return effects;
    }

    private Verdict Amount(History history)
    {
        int minimum = options.OkMinimum ?? (int)(OkPerSecondMin * options.Seconds);
        int ok = history.Operations.Count(operation => operation.Outcome == HistoryEventType.Ok);
        return ok >= minimum ? Verdict.Valid($"{ok} operations succeeded.")
            : Verdict.Unknown($"Only {ok} operations succeeded, fewer than {minimum}: the run shows too little.");
    }
}
