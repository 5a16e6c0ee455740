using Replication.Testing.Simulation;
using Replication.Testing.Simulation.Faults;
using Replication.Testing.Simulation.Probes;
using Replication.Testing.Simulation.Workloads;

namespace Replication.Simulation.Tests.Scenarios;

/// <summary>Rows 30 to 35 of docs/scenarios.md on whole clusters: every read of every run is checked for
/// linearizability.</summary>
public sealed class ReadScenarios
{
    private static readonly Script Base = new()
    {
        Config = new Script().Config with { Clients = 16, OperationsPerSecond = 400 },
    };

    [Fact]
    public void A_new_leader_answers_no_read_before_its_first_entry_is_committed()
    {
        (Base with
        {
            // While its disk stalls, a new leader can't commit alone, and its followers' disks are slow.
            Config = Base.Config with { FlushMicroseconds = 20_000, HeartbeatMilliseconds = 100 },
            Faults =
            [
                new PlannedFault(2_000, FaultKind.Kill, 0, 0, 500, 0),
                new PlannedFault(4_000, FaultKind.Kill, 0, 0, 500, 0),
                new PlannedFault(6_000, FaultKind.Kill, 0, 0, 500, 0),
            ],
        }).Reach(Probe.ReadBeforeNoOp, Probe.LeaderKilled);
    }

    [Fact]
    public void A_leader_that_was_deposed_without_knowing_answers_no_read()
    {
        (Base with
        {
            Faults = [new PlannedFault(1_000, FaultKind.Isolate, 0, 0, 6_000, 0)],
        }).Reach(Probe.ReadAtDeposedLeader, Probe.ReadUnavailable, Probe.LeaderDeposed);
    }

    [Fact]
    public void A_leader_that_stood_still_takes_no_old_answer_for_a_new_one()
    {
        (Base with
        {
            Faults =
            [
                new PlannedFault(500, FaultKind.Duplication, 0, 0, 7_000, 500),
                new PlannedFault(500, FaultKind.LatencyTail, 0, 0, 7_000, 100),
                new PlannedFault(1_500, FaultKind.Pause, 0, 0, 1_000, 0),
                new PlannedFault(3_500, FaultKind.Pause, 0, 0, 1_000, 0),
                new PlannedFault(5_500, FaultKind.Pause, 0, 0, 1_000, 0),
            ],
        }).Reach(Probe.LeaderPaused, Probe.OldRoundAnswered, Probe.ReadAnsweredTwice);
    }

    [Fact]
    public void A_node_that_lags_or_has_just_started_answers_with_nothing_older_than_was_acknowledged()
    {
        SimulationResult result = (Base with
        {
            Faults =
            [
                new PlannedFault(1_500, FaultKind.PowerLoss, 1, 0, 500, 0),
                new PlannedFault(3_000, FaultKind.PowerLoss, 2, 0, 500, 0),
                new PlannedFault(4_500, FaultKind.PowerLoss, 3, 0, 500, 0),
            ],
        }).Reach(Probe.ReadOnLaggingNode, Probe.ReadDuringReplay, Probe.ReadFromFollower, Probe.ReadOverlapsWrite);

        Assert.True(Script.Succeeded(result, 1_000, 8_000, op => op.Kind == OperationKind.Read) > 300);
    }

    [Fact]
    public void A_read_of_a_prefix_may_be_old_where_a_linearizable_one_may_not()
    {
        (Base with
        {
            Faults = [new PlannedFault(1_000, FaultKind.Isolate, 1, 0, 5_000, 0)],
        }).Reach(Probe.StaleRead, Probe.ReadUnavailable);
    }
}
