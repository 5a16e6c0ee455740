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
    private const double OkShareMin = 0.3;

    /// <summary>Judges.</summary>
    /// <param name="history">What clients saw.</param>
    /// <param name="faults">What the nemesis did.</param>
    /// <param name="aftermath">What became of the cluster.</param>
    public IReadOnlyList<NamedVerdict> Of(History history, IReadOnlyList<FaultRecord> faults, Aftermath aftermath) =>
    [
        new(workload.Consistency ?? workload.Model, workload.Check(history)),
        new("recovery", aftermath.Recovery),
        new("last reads", aftermath.LastReads),
        new("nodes", aftermath.Nodes),
        new("answers", aftermath.Answers),
        new("functions", VacuityChecker.Check(
            history, new VacuityOptions { OkShareMin = OkShareMin, OverlappedReadsMin = 0 })),
        new("faults", EffectGuard.Check(options.Nemeses, faults)),
        new("overlap", OverlapGuard.Check(history, workload.AccessesOf)),
        new("stability", StableGuard.Check(history.Operations, faults)),
        new("amount", Amount(history)),
    ];

    private Verdict Amount(History history)
    {
        int minimum = options.OkMinimum ?? (int)(OkPerSecondMin * options.Seconds);
        int ok = history.Operations.Count(operation => operation.Outcome == HistoryEventType.Ok);
        return ok >= minimum ? Verdict.Valid($"{ok} operations succeeded.")
            : Verdict.Unknown($"Only {ok} operations succeeded, fewer than {minimum}: the run shows too little.");
    }
}
