using Replication.Testing.Checkers;
using Replication.Testing.Simulation;
using Replication.Testing.Simulation.Faults;
using Replication.Testing.Simulation.Shrinking;

namespace Replication.Simulation.Tests;

/// <summary>The small runs in which shrinking looks for a failure: what it finds there must be the bug's, not
/// theirs.</summary>
public sealed class SmallDrawTests
{
    private static readonly ShrinkOptions Options = new();

    [Fact]
    public void No_small_run_of_the_sound_code_breaks_a_rule()
    {
        for (ulong seed = 1; seed <= 20; seed++)
        {
            for (int number = 1; number <= 3; number++)
            {
                SimulationResult result = SimulationRun.Execute(Draw(seed, number));
                Assert.True(result.Verdict.Validity != Validity.Invalid, $"{seed} {number}: {result.Verdict}");
            }
        }
    }

    [Fact]
    public void A_small_run_is_small_and_a_function_of_its_number()
    {
        for (int number = 1; number <= 40; number++)
        {
            SimulationCase drawn = Draw(3, number);
            Assert.InRange(drawn.Config.Nodes, 1, Options.NodesWanted);
            Assert.InRange(drawn.Plan.Faults.Count, 0, Options.FaultsWanted);
            Assert.InRange(SimulationRun.Execute(drawn).Scripted().Calls!.Count, 0, Options.CallsWanted);
            Assert.Equal(drawn.ToLines(), Draw(3, number).ToLines());
        }
    }

    [Fact]
    public void What_needs_many_operations_because_its_limits_are_far_is_found_with_few()
    {
        // Called a failure: a log that was compacted. The settings let hundreds of operations pass before that.
        SimulationConfig config = SimulationProfiles.Standard(4) with
        {
            CheckpointLogBytes = 30_000, SafetyMilliseconds = 30_000, Faults = FaultClasses.None,
        };
        SimulationResult failed = Compacted(new SimulationCase(config, FaultPlan.None));

        ShrinkResult shrunk = Shrinker.Shrink(failed, new ShrinkOptions { RunsMax = 400 }, Compacted);

        Assert.True(failed.Operations.Count > 1_000, $"{failed.Operations.Count} operations");
        Assert.InRange(shrunk.Case.Calls!.Count, 0, Options.CallsWanted);
    }

    private static SimulationResult Compacted(SimulationCase run)
    {
        SimulationResult result = SimulationRun.Execute(run);
        return result.Probes[Testing.Simulation.Probes.Probe.LogCompacted] == 0 ? result : result with
        {
            Violation = new("planted", "in this test alone", result.Nanoseconds),
        };
    }

    private static SimulationCase Draw(ulong seed, int number)
    {
        SimulationConfig config = SimulationProfiles.Swarm(seed);
        return SmallDraws.Draw(
            config, config, FaultPlanner.Draw(config).Faults.Select(fault => fault.Kind).ToHashSet(), Options, number);
    }
}
