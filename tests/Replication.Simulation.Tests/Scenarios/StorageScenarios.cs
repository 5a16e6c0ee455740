using Replication.Testing.Simulation;
using Replication.Testing.Simulation.Faults;
using Replication.Testing.Simulation.Probes;

namespace Replication.Simulation.Tests.Scenarios;

/// <summary>Rows 36 to 55, 65, 72, 73 and 75 of docs/scenarios.md on whole clusters.</summary>
public sealed class StorageScenarios
{
    private static readonly Script Base = new();

    private static readonly Script SmallCheckpoints = Base with
    {
        Config = Base.Config with { CheckpointLogBytes = 512, TrailingEntries = 0, EntryCacheBytesMax = 512 },
    };

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Nothing_acknowledged_is_lost_when_the_power_of_all_goes_again_and_again(int nodes)
    {
        SimulationResult result = (Base with
        {
            Config = Base.Config with { Nodes = nodes, IsDeep = true },
            Faults = [.. Every(1_200, at => new PlannedFault(at, FaultKind.PowerLossOfAll, 0, 0, 100, 0))],
        }).Reach(Probe.AllNodesDown, Probe.DeepAckChecked, Probe.UnsyncedLostWithPower, Probe.CrashWithinFlush);

        Assert.True(result.Probes[Probe.NodeRestarted] >= 5 * nodes);
        Assert.Equal(nodes == 1, result.Probes[Probe.OneNodeCluster] == 1);
        Assert.Equal(nodes == 2, result.Probes[Probe.TwoNodeCluster] == 1);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_node_whose_sync_fails_stops_and_trusts_nothing_unsynced_when_it_comes_back(long manner)
    {
        SimulationResult result = (Base with
        {
            Faults =
            [
                new PlannedFault(2_000, FaultKind.SyncError, 1, 0, 100, manner),
                new PlannedFault(4_000, FaultKind.PowerLoss, 1, 0, 100, 0),
            ],
        }).Reach(Probe.NodeFaultedByDisk, Probe.NodeRestarted);

        Assert.True(Script.Succeeded(result, 5_000, 8_000) > 100);
    }

    [Fact]
    public void A_machine_that_is_restored_executes_again_what_came_after_its_checkpoint_and_nothing_twice()
    {
        (SmallCheckpoints with
        {
            Config = SmallCheckpoints.Config with { CheckpointLogBytes = 8 << 10, FlushMicroseconds = 5_000 },
            Faults = [.. Every(600, at => new PlannedFault(at, FaultKind.PowerLoss, 0, 0, 100, 0))],
        }).Reach(Probe.CrashWithinCheckpoint, Probe.CheckpointRestored, Probe.ReplayAfterCheckpoint,
            Probe.EntryExecutedAgain);
    }

    [Fact]
    public void A_disk_with_rotten_bits_is_refused_and_the_others_go_on()
    {
        SimulationResult result = (SmallCheckpoints with
        {
            Faults = [new PlannedFault(3_000, FaultKind.BitRot, 1, 0, 100, 0)],
        }).Reach(Probe.DamageRefused);

        Assert.True(Script.Succeeded(result, 4_000, 8_000) > 200);
    }

    [Fact]
    public void A_torn_tail_that_nobody_was_told_of_is_cut_and_the_node_catches_up()
    {
        (Base with
        {
            Config = Base.Config with { FlushMicroseconds = 5_000, PaddingBytes = 2_000 },
            Faults =
            [
                .. Every(500, at => new PlannedFault(at, FaultKind.PowerLoss, 1 + (int)(at / 500 % 3), 0, 50, 0)),
            ],
        }).Reach(Probe.TornTailCut, Probe.CrashWithinFlush);
    }

    [Fact]
    public void A_disk_without_room_stops_its_node_which_comes_back_when_there_is_room()
    {
        SimulationResult result = (Base with
        {
            Config = Base.Config with { SegmentSizeBits = 16, PaddingBytes = 500 },
            Faults = [new PlannedFault(2_000, FaultKind.FullDisk, 1, 0, 3_000, 2_000)],
        }).Reach(Probe.DiskFull, Probe.NodeStoppedByFullDisk, Probe.NodeRestarted);

        Assert.True(Script.Succeeded(result, 6_000, 8_000) > 100);
    }

    [Fact]
    public void A_node_whose_recovery_is_cut_short_by_the_power_recovers_all_the_same()
    {
        (SmallCheckpoints with
        {
            Config = SmallCheckpoints.Config with { FlushMicroseconds = 5_000 },
            Faults =
            [
                .. Every(1_000, at => new PlannedFault(at, FaultKind.PowerLoss, 2, 0, 20, 0)),
                .. Every(1_000, at => new PlannedFault(at + 21, FaultKind.PowerLoss, 2, 0, 20, 0)),
                .. Every(1_000, at => new PlannedFault(at + 42, FaultKind.PowerLoss, 2, 0, 20, 0)),
            ],
        }).Reach(Probe.CrashSoonAfterStart, Probe.CheckpointRestored);
    }

    [Fact]
    public void A_wiped_node_stays_away_and_the_others_go_on()
    {
        SimulationResult result = (Base with
        {
            Faults = [new PlannedFault(3_000, FaultKind.Wipe, 1, 0, 100, 0)],
        }).Run();

        Assert.Equal(1, result.Effects[(int)FaultKind.Wipe]);
        Assert.True(Script.Succeeded(result, 5_000, 8_000) > 100);
    }

    [Fact]
    public void A_node_starts_without_the_part_of_the_log_that_its_checkpoint_holds()
    {
        (SmallCheckpoints with
        {
            Faults =
            [
                new PlannedFault(3_000, FaultKind.PowerLossOfAll, 0, 0, 100, 0),
                new PlannedFault(5_000, FaultKind.Kill, 0, 0, 100, 0),
            ],
        }).Reach(Probe.LogCompacted, Probe.RestoredWithoutPrefix, Probe.CheckpointRestored);
    }

    [Fact]
    public void Entries_are_applied_while_one_checkpoint_after_the_other_is_written()
    {
        SimulationResult result = (SmallCheckpoints with
        {
            Config = SmallCheckpoints.Config with { FlushMicroseconds = 4_000 },
            Faults = [new PlannedFault(3_000, FaultKind.Kill, 0, 0, 100, 0)],
        }).Reach(Probe.AppliedDuringCheckpoint, Probe.CheckpointWritten);

        Assert.True(result.Probes[Probe.CheckpointWritten] > 100);
    }

    [Fact]
    public void A_cluster_that_keeps_no_entry_behind_its_checkpoints_goes_on_from_them()
    {
        (SmallCheckpoints with
        {
            Config = SmallCheckpoints.Config with { OperationsPerSecond = 50 },
            Faults = [.. Every(700, at => new PlannedFault(at, FaultKind.Kill, 0, 0, 50, 0))],
        }).Reach(Probe.LogCompacted, Probe.RestoredWithoutPrefix);
    }

    [Fact]
    public void Values_of_many_sectors_come_back_though_a_message_carries_one_entry()
    {
        SimulationResult result = (Base with
        {
            Config = Base.Config with { PaddingBytes = 40_000, PageSizeBits = 17, SegmentSizeBits = 20,
                OperationsPerSecond = 60, AppendBytesMax = 64 },
            Faults = [new PlannedFault(3_000, FaultKind.PowerLossOfAll, 0, 0, 100, 0)],
        }).Reach(Probe.AllNodesDown, Probe.ReplayAfterCheckpoint);

        Assert.True(Script.Succeeded(result, 0, 8_000) > 100);
    }

    private static IEnumerable<PlannedFault> Every(long milliseconds, Func<long, PlannedFault> fault)
    {
        for (long at = milliseconds; at < 7_000; at += milliseconds)
        {
            yield return fault(at);
        }
    }
}
