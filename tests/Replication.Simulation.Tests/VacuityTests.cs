using Replication.Testing.Checkers;
using Replication.Testing.Simulation;
using Replication.Testing.Simulation.Faults;

namespace Replication.Simulation.Tests;

/// <summary>A run that shows nothing says so, and a plan does what it says.</summary>
public sealed class VacuityTests
{
    private static readonly SimulationConfig Small = new()
    {
        Seed = 5,
        Nodes = 3,
        Clients = 3,
        SafetyMilliseconds = 5_000,
    };

    [Fact]
    public void A_run_without_faults_is_valid_and_needs_one_election()
    {
        SimulationResult result = SimulationRun.Execute(Small, FaultPlan.None);

        Assert.Equal(Validity.Valid, result.Verdict.Validity);
        Assert.Equal(1, result.Elections);
        Assert.True(result.Operations.Count > 200);
    }

    [Fact]
    public void A_run_in_which_nothing_can_succeed_is_unknown()
    {
        FaultPlan plan = new([new PlannedFault(0, FaultKind.Halves, 0, 1, 5_000, 0),
            new PlannedFault(0, FaultKind.Halves, 0, 2, 5_000, 0)]);

        SimulationResult result = SimulationRun.Execute(Small, plan);

        Assert.Equal(Validity.Unknown, result.Verdict.Validity);
    }

    [Fact]
    public void A_plan_whose_faults_have_no_effect_is_unknown()
    {
        // Nobody leads yet at that moment: there is no leadership to hand over.
        FaultPlan plan = new([new PlannedFault(1_000, FaultKind.Transfer, 1, 0, 10, 0)]);
        SimulationConfig noLeader = Small with { SafetyMilliseconds = 5_000, ElectionTimeoutMinMilliseconds = 2_000,
            ElectionTimeoutMaxMilliseconds = 3_000 };

        SimulationResult result = SimulationRun.Execute(noLeader, plan);

        Assert.Equal(Validity.Unknown, result.Verdict.Validity);
    }

    [Fact]
    public void Leaving_out_a_fault_leaves_what_came_before_it_as_it_was()
    {
        SimulationConfig config = Small with { SafetyMilliseconds = 3_000 };
        PlannedFault early = new(1_000, FaultKind.Kill, 2, 0, 300, 0);
        PlannedFault late = new(2_500, FaultKind.PowerLoss, 1, 0, 300, 0);
        List<string> both = [];
        List<string> one = [];

        SimulationRun.Execute(config, new FaultPlan([early, late]), both.Add);
        SimulationRun.Execute(config, new FaultPlan([early]), one.Add);

        string[] before = [.. both.TakeWhile(line => !line.Contains("PowerLoss", StringComparison.Ordinal))];
        Assert.True(before.Length > 500);
        Assert.Equal(before, one.Take(before.Length));
    }

    [Fact]
    public void A_plan_survives_being_written_and_read()
    {
        FaultPlan plan = FaultPlanner.Draw(SimulationProfiles.Standard(9));

        FaultPlan read = FaultPlan.Parse(plan.ToLines().Prepend("# a comment").Append(""));

        Assert.NotEmpty(plan.Faults);
        Assert.Equal(plan.Faults, read.Faults);
        Assert.Throws<FormatException>(() => FaultPlan.Parse(["1 Nothing 2"]));
    }
}
