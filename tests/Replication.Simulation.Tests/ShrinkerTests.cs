using Replication.Testing.Histories;
using Replication.Testing.Simulation;
using Replication.Testing.Simulation.Faults;
using Replication.Testing.Simulation.Invariants;
using Replication.Testing.Simulation.Shrinking;
using Replication.Testing.Simulation.Workloads;

namespace Replication.Simulation.Tests;

/// <summary>Bugs that exist in these tests alone, and the least that shows them.</summary>
public sealed class ShrinkerTests
{
    private const string Rule = "planted";

    private static readonly ShrinkOptions FewRuns = new() { RunsMax = 800 };

    private static readonly Lazy<SimulationResult> Failed = new(() => FirstFailure(KillThenCompareAndSet));

    private static readonly Lazy<ShrinkResult> Shrunk = new(
        () => Shrinker.Shrink(Failed.Value, FewRuns, KillThenCompareAndSet));

    [Fact]
    public void A_failure_of_one_fault_and_one_operation_shrinks_to_them()
    {
        ShrinkResult shrunk = Shrunk.Value;

        PlannedFault fault = Assert.Single(shrunk.Case.Plan.Faults);
        Assert.Equal(FaultKind.Kill, fault.Kind);
        PlannedCall call = Assert.Single(shrunk.Case.Calls!);
        Assert.Equal(OperationKind.CompareAndSet, call.Kind);
        Assert.Equal(2, shrunk.Case.Config.Nodes);
        Assert.Equal(1, shrunk.Case.Config.Clients);
        Assert.True(shrunk.Case.Config.SafetyMilliseconds < 3_000, shrunk.Case.Config.ToString());
        Assert.InRange(shrunk.Runs, 1, FewRuns.RunsMax);
    }

    [Fact]
    public void A_failure_that_needs_five_nodes_and_many_operations_keeps_them()
    {
        SimulationResult failed = FirstFailure(FiveNodesAndSevenWrites);

        ShrinkResult shrunk = Shrinker.Shrink(failed, new ShrinkOptions { RunsMax = 400 }, FiveNodesAndSevenWrites);

        Assert.Equal(5, shrunk.Case.Config.Nodes);
        Assert.Empty(shrunk.Case.Plan.Faults);
        Assert.Equal(7, shrunk.Case.Calls!.Count);
    }

    [Fact]
    public void Shrinking_the_same_failure_twice_gives_the_same_run()
    {
        ShrinkResult first = Shrunk.Value;
        ShrinkResult second = Shrinker.Shrink(Failed.Value, FewRuns, KillThenCompareAndSet);

        Assert.Equal(first.Case.ToLines(), second.Case.ToLines());
        Assert.Equal(first.Result.Hash, second.Result.Hash);
        Assert.Equal(first.Runs, second.Runs);
    }

    [Fact]
    public void A_shrunk_run_that_is_written_and_read_fails_again_in_the_same_way()
    {
        ShrinkResult shrunk = Shrunk.Value;

        SimulationResult again = KillThenCompareAndSet(SimulationCase.Parse(
            shrunk.Case.ToLines(), new SimulationConfig { Seed = 77 }));

        Assert.Equal(Failed.Value.Violation!.Signature, again.Violation!.Signature);
        Assert.Equal(shrunk.Result.Hash, again.Hash);
    }

    [Fact]
    public void Another_failure_is_not_taken_for_the_one_to_shrink()
    {
        // Without its second fault the run fails by another rule: both faults have to stay.
        SimulationResult Run(SimulationCase run)
        {
            SimulationResult result = SimulationRun.Execute(run);
            int faults = run.Plan.Faults.Count;
            return faults == 0 ? result : Failing(result, faults > 1 ? Rule : "other");
        }

        SimulationResult failed = Run(Small(new FaultPlan(
        [
            new PlannedFault(1_000, FaultKind.Kill, 1, 0, 100, 0),
            new PlannedFault(1_200, FaultKind.Pause, 2, 0, 90, 0),
            new PlannedFault(1_300, FaultKind.Kill, 3, 0, 100, 0),
        ])));
        ShrinkResult shrunk = Shrinker.Shrink(failed, FewRuns, Run);

        Assert.Equal(2, shrunk.Case.Plan.Faults.Count);
        Assert.Equal(Rule, shrunk.Result.Violation!.Rule);
    }

    [Fact]
    public void A_budget_of_runs_is_kept_and_what_was_reached_by_then_fails()
    {
        int runs = 0;

        ShrinkResult shrunk = Shrinker.Shrink(Failed.Value, new ShrinkOptions { RunsMax = 7 }, run =>
        {
            runs++;
            return KillThenCompareAndSet(run);
        });

        Assert.Equal(7, runs);
        Assert.Equal(7, shrunk.Runs);
        Assert.Equal(Rule, shrunk.Result.Violation!.Rule);
    }

    [Fact]
    public void A_run_that_has_not_failed_is_not_shrunk() => Assert.Throws<ArgumentException>(
        () => Shrinker.Shrink(SimulationRun.Execute(Small(FaultPlan.None)), FewRuns));

    private static SimulationCase Small(FaultPlan plan) => new(
        new SimulationConfig { Seed = 5, Nodes = 3, Clients = 2, SafetyMilliseconds = 3_000 }, plan);

    private static SimulationResult FirstFailure(Func<SimulationCase, SimulationResult> run)
    {
        SimulationResult? failed = null;
        for (ulong seed = 1; seed <= 20 && failed?.Violation is null; seed++)
        {
            SimulationConfig config = new()
            {
                Seed = seed,
                OperationsPerSecond = 60,
                SafetyMilliseconds = 10_000,
                PaddingBytes = 7,
                Scheduling = Testing.Simulation.Events.SchedulingKind.Jitter,
                FaultIntervalMilliseconds = 500,
            };
            failed = run(new SimulationCase(config, FaultPlanner.Draw(config)));
        }

        Assert.Equal(Rule, failed!.Violation?.Rule);
        Assert.True(failed.Case.Plan.Faults.Count > 8, $"{failed.Case.Plan.Faults.Count} faults");
        Assert.True(failed.Operations.Count > 100, $"{failed.Operations.Count} operations");
        return failed;
    }

    // A compare-and-set that succeeds after a kill is called a failure; one node can't show it.
    private static SimulationResult KillThenCompareAndSet(SimulationCase run)
    {
        SimulationResult result = SimulationRun.Execute(run);
        long kill = run.Plan.Faults.Where(fault => fault.Kind == FaultKind.Kill)
            .Select(fault => fault.AtMilliseconds * 1_000_000).DefaultIfEmpty(long.MaxValue).Min();
        return run.Config.Nodes > 1 && result.Effects[(int)FaultKind.Kill] > 0
            && result.Operations.Any(operation => operation.Kind == OperationKind.CompareAndSet
                && operation.Outcome == HistoryEventType.Ok && operation.InvokedAt > kill)
            ? Failing(result, Rule) : result;
    }

    private static SimulationResult FiveNodesAndSevenWrites(SimulationCase run)
    {
        SimulationResult result = SimulationRun.Execute(run);
        return run.Config.Nodes >= 5 && result.Operations.Count(operation => operation.Kind == OperationKind.Write
            && operation.Outcome == HistoryEventType.Ok) >= 7 ? Failing(result, Rule) : result;
    }

    private static SimulationResult Failing(SimulationResult result, string rule) =>
        result with { Violation = new SimulationViolation(rule, "in this test alone", result.Nanoseconds) };
}
