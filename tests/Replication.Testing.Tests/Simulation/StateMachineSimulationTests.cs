using Replication.Testing.Checkers;
using Replication.Testing.Histories;
using Replication.Testing.Simulation;
using SimulatedStateMachine;

namespace Replication.Testing.Tests.Simulation;

/// <summary>State machines of users under the simulator: good ones pass, each kind of bad one is found.</summary>
public sealed class StateMachineSimulationTests
{
    [Fact]
    public void The_sample_passes()
    {
        SimulationSearch search = StateMachineSimulation.Search(() => new TallyWorkload(), from: 1, count: 10);

        Assert.True(search.Verdict.Validity == Validity.Valid, search.ToString());
        Assert.Equal(10, search.Runs);
        Assert.True(search.Unknown < 5);
    }

    [Fact]
    public void The_bug_that_is_planted_in_the_sample_is_found_and_its_line_finds_it_again()
    {
        SimulationSearch search = StateMachineSimulation.Search(
            () => new TallyWorkload(sharing: true), from: 1, count: 50);

        SimulationReport failure = Assert.IsType<SimulationReport>(search.Failure);
        Assert.Equal("snapshot", failure.Rule);
        Assert.Equal(
            $"StateMachineSimulation.Run(() => new TallyWorkload(sharing: true), {failure.Seed})", failure.Replay);
        SimulationReport again = StateMachineSimulation.Run(() => new TallyWorkload(sharing: true), failure.Seed);
        Assert.Equal(failure.Fingerprint, again.Fingerprint);
        Assert.Equal(failure.Verdict, again.Verdict);
        Assert.EndsWith(failure.Replay, search.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_failing_run_is_made_small_with_a_line_that_replays_it_and_a_page()
    {
        SimulationReport failure = Assert.IsType<SimulationReport>(StateMachineSimulation.Search(
            () => new WrappedTallyWorkload(number => new NodeDependentTally(number)), from: 1, count: 20).Failure);

        SimulationReport small = failure.Shrink();

        Assert.Equal(failure.Rule, small.Rule);
        Assert.True(small.Nodes <= 3, small.ToString());
        Assert.True(small.History.Operations.Count <= 3, small.ToString());
        Assert.True(small.Plan.Count(line => char.IsDigit(line[0])) <= 3, small.ToString());
        SimulationReport again = StateMachineSimulation.Run(
            () => new WrappedTallyWorkload(number => new NodeDependentTally(number)), small.Seed,
            new() { Plan = small.Plan });
        Assert.Equal(small.Fingerprint, again.Fingerprint);
        Assert.Equal(small.Verdict, again.Verdict);
        Assert.Equal(small.Replay, again.Replay);
        Assert.All(small.Plan, line => Assert.Contains($"\"{line}\"", small.Replay, StringComparison.Ordinal));

        using StringWriter page = new();
        small.WritePage(page);
        Assert.Contains("state-machine-safety is broken", page.ToString(), StringComparison.Ordinal);
        Assert.Contains("StateMachineSimulation.Run(", page.ToString(), StringComparison.Ordinal);
        Assert.Contains("increment", page.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_that_has_not_failed_is_not_made_small()
    {
        SimulationReport report = StateMachineSimulation.Run(
            () => new TallyWorkload(), 5, new() { Nodes = 3, Duration = TimeSpan.FromSeconds(5) });

        Assert.Contains("only a run that failed", Assert.Throws<InvalidOperationException>(
            () => report.Shrink()).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => report.Shrink(0));
    }

    [Fact]
    public void Leaving_out_operations_does_not_change_the_others()
    {
        SimulationReport all = StateMachineSimulation.Run(
            () => new AlwaysWrongWorkload(), 3, new() { Nodes = 3, Duration = TimeSpan.FromSeconds(5) });

        SimulationReport small = all.Shrink(runsMax: 300);

        Assert.True(small.History.Operations.Count < all.History.Operations.Count);
        HashSet<string> drawn = [.. all.History.Operations.Select(operation => operation.Argument.ToString())];
        Assert.All(small.History.Operations,
            operation => Assert.Contains(operation.Argument.ToString(), drawn));
    }

    [Fact]
    public void Every_seed_of_a_search_is_run()
    {
        int runs = 0;
        SimulationSearch search = StateMachineSimulation.Search(
            () =>
            {
                runs++;
                return new TallyWorkload();
            },
            from: 1, count: 7, new() { Nodes = 1, Duration = TimeSpan.FromSeconds(1) });

        Assert.Equal(7, search.Runs);
        Assert.Equal(7, runs);
    }

    [Fact]
    public void The_line_that_replays_holds_every_setting()
    {
        StateMachineSimulationOptions options = new()
        {
            Profile = SimulationProfile.Standard, Nodes = 1, Clients = 2, OperationsPerSecond = 20, OperationsMax = 9,
            Duration = TimeSpan.FromSeconds(2), CheckpointLogBytes = 4096, Faults = FaultClasses.None,
        };

        SimulationReport report = StateMachineSimulation.Run(() => new TallyWorkload(), 3, options);

        Assert.Equal(
            "StateMachineSimulation.Run(() => new TallyWorkload(), 3, new() { Profile = SimulationProfile.Standard, "
            + "Nodes = 1, Clients = 2, OperationsPerSecond = 20, OperationsMax = 9, "
            + "Duration = TimeSpan.FromMilliseconds(2000), CheckpointLogBytes = 4096, Faults = (FaultClasses)0 })",
            report.Replay);
    }

    public static TheoryData<string, long, string> Faulty => new()
    {
        { nameof(NodeDependentTally), 4096, "state-machine-safety" },
        { nameof(HiddenDifferenceTally), 1 << 30, "convergence" },
        { nameof(HiddenDifferenceTally), 4096, "snapshot" },
        { nameof(ForgetfulTally), 4096, "snapshot" },
        { nameof(LateTally), 4096, "history" },
        { nameof(ThrowingTally), 4096, "unexpected-fault" },
    };

    [Theory]
    [MemberData(nameof(Faulty))]
    public void A_wrong_machine_is_found(string machine, long checkpointLogBytes, string rule)
    {
        SimulationSearch search = StateMachineSimulation.Search(
            () => new WrappedTallyWorkload(number => Create(machine, number)), from: 1, count: 20, new()
            {
                Nodes = 3,
                CheckpointLogBytes = checkpointLogBytes,
                Faults = FaultClasses.Kills | FaultClasses.Transfers,
            });

        Assert.True(search.Failure is not null, search.ToString());
        Assert.Equal(rule, search.Failure.Rule);
        Assert.Contains(
            $", new() {{ Nodes = 3, CheckpointLogBytes = {checkpointLogBytes}, Faults = (FaultClasses)257 }})",
            search.Failure.Replay, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_is_a_function_of_its_seed_and_its_history_can_be_written()
    {
        StateMachineSimulationOptions options = new() { Profile = SimulationProfile.Standard, Clients = 4 };
        SimulationReport first = StateMachineSimulation.Run(() => new TallyWorkload(), 7, options);
        SimulationReport second = StateMachineSimulation.Run(() => new TallyWorkload(), 7, options);

        Assert.Equal(first.Fingerprint, second.Fingerprint);
        Assert.Equal(5, first.Nodes);
        Assert.True(first.SimulatedTime > TimeSpan.FromSeconds(60));
        Assert.True(first.History.Operations.Count > 500);
        Assert.NotEmpty(first.FaultEffects);
        using MemoryStream stream = new();
        using (HistoryWriter writer = new(stream))
        {
            foreach (HistoryEvent line in first.Events)
            {
                writer.Write(line);
            }

            writer.Flush();
            stream.Position = 0;
            Assert.Equal(first.History.Operations.Count, HistoryReader.Read(stream).Operations.Count);
        }
    }

    [Fact]
    public void A_plan_replaces_the_faults_of_the_seed_and_stands_in_the_line_that_replays()
    {
        StateMachineSimulationOptions options = new() { Nodes = 3, Duration = TimeSpan.FromSeconds(10) };
        SimulationReport drawn = StateMachineSimulation.Run(() => new TallyWorkload(), 3, options);
        options.Plan = [drawn.Plan[0]];
        SimulationReport given = StateMachineSimulation.Run(() => new TallyWorkload(), 3, options);

        Assert.Equal([drawn.Plan[0]], given.Plan);
        Assert.Contains($"Plan = [\"{drawn.Plan[0]}\"]", given.Replay, StringComparison.Ordinal);
        options.Plan = ["1 Nothing 2"];
        Assert.Throws<FormatException>(() => StateMachineSimulation.Run(() => new TallyWorkload(), 3, options));
    }

    [Fact]
    public void A_run_in_which_nothing_goes_wrong_by_order_is_valid_and_has_one_election()
    {
        SimulationReport report = StateMachineSimulation.Run(
            () => new TallyWorkload(), 5, new() { Profile = SimulationProfile.Standard, Faults = FaultClasses.None });

        Assert.Equal(Validity.Valid, report.Verdict.Validity);
        Assert.Null(report.Rule);
        Assert.Empty(report.Plan);
        Assert.Equal(1, report.Elections);
    }

    [Fact]
    public void Options_out_of_bounds_are_refused_with_the_value()
    {
        foreach (StateMachineSimulationOptions options in (StateMachineSimulationOptions[])[
            new() { Nodes = 8 }, new() { Clients = 0 }, new() { OperationsPerSecond = 0 }, new() { OperationsMax = 0 },
            new() { CheckpointLogBytes = 1 }, new() { Duration = TimeSpan.FromHours(2) }])
        {
            Assert.Contains("it must be from", Assert.Throws<ArgumentException>(
                () => StateMachineSimulation.Run(() => new TallyWorkload(), 1, options)).Message,
                StringComparison.Ordinal);
        }
    }

    private static WrappedTally Create(string machine, int number) => machine switch
    {
        nameof(NodeDependentTally) => new NodeDependentTally(number),
        nameof(HiddenDifferenceTally) => new HiddenDifferenceTally(number),
        nameof(ForgetfulTally) => new ForgetfulTally(),
        nameof(LateTally) => new LateTally(),
        _ => new ThrowingTally(),
    };

    // What it judges wrong is there from the first operation on.
    private sealed class AlwaysWrongWorkload : StateMachineWorkload<Tally>
    {
        public override Tally CreateMachine() => new();

        public override SimulatedOperation<Tally> Draw(WorkloadRandom random) =>
            Command("vote", 0, random.Unique(), BitConverter.GetBytes(0));

        public override Verdict Check(History history) =>
            history.Operations.Count > 0 ? Verdict.Invalid("Somebody voted.") : Verdict.Valid("Nobody voted.");
    }
}
