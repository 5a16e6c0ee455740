using Replication.Testing.Checkers;
using Replication.Testing.Simulation;
using Replication.Testing.Simulation.Faults;
using Replication.Testing.Simulation.Workloads;

namespace Replication.Simulation.Tests;

/// <summary>Runs whose operations are prescribed, and the files that they are kept in.</summary>
public sealed class SimulationCaseTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(6)]
    public void Operations_that_were_drawn_run_the_same_way_when_they_are_prescribed(ulong seed)
    {
        SimulationResult drawn = Profile.Swarm.Run(seed);

        SimulationResult prescribed = SimulationRun.Execute(drawn.Scripted(withWaiting: true));

        Assert.True(drawn.Operations.Count > 100);
        Assert.Equal(Facts(drawn), Facts(prescribed));
        Assert.Equal(drawn.Elections, prescribed.Elections);
        Assert.Equal(drawn.Effects, prescribed.Effects);
    }

    [Fact]
    public void A_case_survives_being_written_and_read()
    {
        SimulationResult drawn = Profile.Swarm.Run(4);
        SimulationCase written = drawn.Scripted();

        SimulationCase read = SimulationCase.Parse(
            written.ToLines().Prepend("# a comment"), new SimulationConfig { Seed = 9 });

        Assert.Equal(written.Config, read.Config);
        Assert.Equal(written.Plan.Faults, read.Plan.Faults);
        Assert.Equal(written.ToLines(), read.ToLines());
        Assert.Equal(SimulationRun.Execute(written).Hash, SimulationRun.Execute(read).Hash);
    }

    [Fact]
    public void A_file_of_faults_alone_leaves_settings_and_operations_as_they_are()
    {
        SimulationConfig config = SimulationProfiles.Standard(3);

        SimulationCase read = SimulationCase.Parse(["1500 Kill 2 0 300 0 # node 2"], config);

        Assert.Same(config, read.Config);
        Assert.Null(read.Calls);
        Assert.Equal(new PlannedFault(1_500, FaultKind.Kill, 2, 0, 300, 0), Assert.Single(read.Plan.Faults));
    }

    [Theory]
    [InlineData("set Nothing 1")]
    [InlineData("set Nodes many")]
    [InlineData("set Scheduling Sometimes")]
    [InlineData("calls 1")]
    [InlineData("call 1 2 0 0 Read 0 0 0 -")]
    [InlineData("call 1 2 0 0 Dance 0 0 0 -\ncalls 1")]
    [InlineData("call 1 2 99 0 Read 0 0 0 -\ncalls 1")]
    [InlineData("1500 Kill 9 0 300 0")]
    [InlineData("1500 CutOneWay 1 1 300 0")]
    [InlineData("1500 Halves 0 64 300 0")]
    public void A_file_that_means_nothing_is_refused(string lines) => Assert.Throws<FormatException>(
        () => SimulationCase.Parse(lines.Split('\n'), new SimulationConfig { Seed = 1 }));

    [Fact]
    public void Leaving_out_operations_leaves_the_ways_of_the_others_as_they_were()
    {
        SimulationConfig config = new() { Seed = 8, Nodes = 3, Clients = 4, SafetyMilliseconds = 3_000 };
        SimulationCase all = SimulationRun.Execute(new SimulationCase(config, FaultPlan.None)).Scripted();
        PlannedCall[] some = [.. all.Calls!.Where(call => call.Client == 2)];

        SimulationResult few = SimulationRun.Execute(all.With(some));

        Assert.True(some.Length > 10);
        Assert.Equal(Validity.Valid, few.Verdict.Validity);
        Assert.Equal(
            some.Select(call => (call.Number, call.Kind, call.Key, call.Value)),
            few.Operations.Where(operation => !operation.IsFinal)
                .Select(operation => (operation.Plan.Number, operation.Kind, operation.Key, operation.Value)));
    }

    [Fact]
    public void A_cluster_whose_clients_have_nothing_to_do_makes_progress_after_healing()
    {
        SimulationConfig config = new() { Seed = 8, Nodes = 3, Clients = 1, SafetyMilliseconds = 2_000 };

        SimulationResult result = SimulationRun.Execute(new SimulationCase(config, FaultPlan.None, []));

        Assert.Null(result.Violation);
        Assert.Empty(result.Operations);
        Assert.Equal(Validity.Unknown, result.Verdict.Validity);
    }

    [Fact]
    public void Nodes_that_are_left_out_take_their_faults_with_them()
    {
        FaultPlan plan = new(
        [
            new PlannedFault(1, FaultKind.Kill, 0, 0, 10, 0), new PlannedFault(2, FaultKind.Kill, 2, 0, 10, 0),
            new PlannedFault(3, FaultKind.Pause, 5, 0, 10, 0), new PlannedFault(4, FaultKind.CutOneWay, 5, 1, 10, 0),
            new PlannedFault(5, FaultKind.CutOneWay, 2, 1, 10, 0),
            new PlannedFault(6, FaultKind.Halves, 0, 0b11010, 9, 0),
            new PlannedFault(7, FaultKind.Halves, 0, 0b00010, 9, 0),
        ]);

        FaultPlan kept = NodeMapping.Keep(plan, [1, 4, 5]);

        Assert.Equal(
        [
            new PlannedFault(1, FaultKind.Kill, 0, 0, 10, 0), new PlannedFault(3, FaultKind.Pause, 3, 0, 10, 0),
            new PlannedFault(4, FaultKind.CutOneWay, 3, 1, 10, 0),
            new PlannedFault(6, FaultKind.Halves, 0, 0b110, 9, 0),
        ], kept.Faults);
    }

    private static IEnumerable<string> Facts(SimulationResult result) => result.Operations.Select(operation =>
        $"{operation.Plan} at {operation.InvokedAt} to {operation.CompletedAt} {operation.Outcome} {operation.Result} "
        + $"version {operation.Version} node {operation.Node}");
}
