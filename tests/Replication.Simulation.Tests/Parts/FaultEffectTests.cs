using Replication.Testing.Checkers;
using Replication.Testing.Simulation;
using Replication.Testing.Simulation.Faults;
using Replication.Testing.Simulation.Networks;
using Replication.Testing.Simulation.Probes;

namespace Replication.Simulation.Tests.Parts;

/// <summary>A fault that waits for a call of the disk, or for a message, has its effect, and the cluster stands
/// it.</summary>
public sealed class FaultEffectTests
{
    private static readonly SimulationConfig Small = new()
    {
        Seed = 11, Nodes = 3, Clients = 4, SafetyMilliseconds = 6_000, CheckpointLogBytes = 4_000,
        FlushMicroseconds = 50,
    };

    [Theory]
    [InlineData("ReadError", "ReadFailed")]
    [InlineData("SyncError", "SyncFailed")]
    [InlineData("WriteError", "WriteFailed")]
    [InlineData("LyingFlush", "FlushLied")]
    [InlineData("LostWrite", "WriteLost")]
    [InlineData("MisdirectedWrite", "WriteMisdirected")]
    [InlineData("Rollback", "DiskRolledBack")]
    public void A_fault_of_a_disk_strikes(string fault, string probe)
    {
        FaultKind kind = Enum.Parse<FaultKind>(fault);
        SimulationResult result = SimulationRun.Execute(Small, new FaultPlan(
        [
            new PlannedFault(2_000, kind, 2, 0, 2_000, 1),
            new PlannedFault(2_500, FaultKind.Kill, 2, 0, 500, 0),
        ]));

        Assert.True(result.Verdict.Validity == Validity.Valid, result.Verdict.Reason);
        Assert.Equal(1, result.Effects[(int)kind]);
        Assert.Equal(1, result.Probes[Enum.Parse<Probe>(probe)]);
    }

    // While the node is down there is no call that it could strike at.
    [Theory]
    [InlineData("ReadError")]
    [InlineData("SyncError")]
    [InlineData("WriteError")]
    [InlineData("LostWrite")]
    [InlineData("MisdirectedWrite")]
    public void A_fault_of_a_disk_that_found_no_call_is_over_at_its_end_and_does_not_count(string fault)
    {
        FaultKind kind = Enum.Parse<FaultKind>(fault);
        SimulationResult result = SimulationRun.Execute(Small, new FaultPlan(
        [
            new PlannedFault(1_900, FaultKind.Kill, 2, 0, 500, 0),
            new PlannedFault(2_000, kind, 2, 0, 100, 1),
        ]));

        Assert.True(result.Verdict.Validity == Validity.Valid, result.Verdict.Reason);
        Assert.Equal(1, result.Effects[(int)FaultKind.Kill]);
        Assert.Equal(0, result.Effects[(int)kind]);
        Assert.Equal(0, result.Probes[Probe.NodeFaultedByDisk]);
    }

    // One node sends nothing, a connection neither doubles nor reorders, and there is room enough.
    [Theory]
    [InlineData(1, NetworkMode.Datagrams, "Loss", 500)]
    [InlineData(1, NetworkMode.Datagrams, "SlowNetwork", 10)]
    [InlineData(3, NetworkMode.Connections, "Duplication", 500)]
    [InlineData(3, NetworkMode.Connections, "Reordering", 500)]
    [InlineData(3, NetworkMode.Connections, "Replay", 500)]
    [InlineData(3, NetworkMode.Datagrams, "FullDisk", 1_000_000_000)]
    internal void A_fault_that_does_nothing_does_not_count(int nodes, NetworkMode mode, string fault, long amount)
    {
        FaultKind kind = Enum.Parse<FaultKind>(fault);
        SimulationResult result = SimulationRun.Execute(
            Small with { Nodes = nodes, Network = mode },
            new FaultPlan([new PlannedFault(1_000, kind, 1, 0, 2_000, amount)]));

        Assert.Equal(0, result.Effects[(int)kind]);
        Assert.Equal(Validity.Unknown, result.Verdict.Validity);
    }

    [Theory]
    [InlineData("Loss", 500)]
    [InlineData("Duplication", 500)]
    [InlineData("Reordering", 500)]
    [InlineData("Replay", 500)]
    [InlineData("LatencyTail", 500)]
    [InlineData("SlowNetwork", 10)]
    [InlineData("Isolate", 0)]
    [InlineData("SlowDisk", 20)]
    [InlineData("StalledDisk", 0)]
    [InlineData("FullDisk", 1_000)]
    [InlineData("CrashLoop", 300)]
    public void A_fault_that_does_something_counts_once(string fault, long amount)
    {
        FaultKind kind = Enum.Parse<FaultKind>(fault);
        SimulationResult result = SimulationRun.Execute(
            Small, new FaultPlan([new PlannedFault(1_000, kind, 1, 0, 2_000, amount)]));

        Assert.True(result.Verdict.Validity == Validity.Valid, result.Verdict.Reason);
        Assert.Equal(1, result.Effects[(int)kind]);
    }

    // Each of them does nothing itself: no two of three nodes are apart on a ring, nothing is lost by chance, the disk
    // of a node that is down is not used, a node without a disk does not start.
    [Theory]
    [InlineData("MajorityRing", 0, 0, "Isolate", 0)]
    [InlineData("Loss", 0, 0, "LatencyTail", 500)]
    [InlineData("StalledDisk", 1, 0, "SlowDisk", 20)]
    [InlineData("SlowDisk", 1, 20, "SlowDisk", 20)]
    [InlineData("CrashLoop", 1, 300, "Kill", 0)]
    public void What_one_fault_does_does_not_count_for_another(
        string idle, int node, long amount, string other, long otherAmount)
    {
        FaultKind idleKind = Enum.Parse<FaultKind>(idle);
        FaultKind kind = Enum.Parse<FaultKind>(other);
        SimulationResult result = SimulationRun.Execute(Small with { Network = NetworkMode.Connections }, new FaultPlan(
        [
            new PlannedFault(900, FaultKind.Wipe, 1, 0, 100, 0),
            new PlannedFault(2_000, idleKind, node, 0, 2_000, amount),
            new PlannedFault(2_500, kind, 2, 0, 1_000, otherAmount),
        ]));

        Assert.NotEqual(Validity.Invalid, result.Verdict.Validity);
        Assert.Equal(1, result.Effects[(int)kind]);
        Assert.Equal(kind == idleKind ? 1 : 0, result.Effects[(int)idleKind]);
    }

    [Fact]
    public void A_disk_that_forgot_what_it_confirmed_takes_no_part_any_more()
    {
        Probe[] ends = [Probe.ForgottenRefused, Probe.ForgottenUnnoticed];
        long[] counts = new long[2];
        for (ulong seed = 0; seed < 12; seed++)
        {
            List<string> lines = [];
            SimulationResult result = SimulationRun.Execute(Small with { Seed = seed }, new FaultPlan(
                [new PlannedFault(2_000, FaultKind.LyingFlush, 2, 0, 1_000, 1)]), lines.Add);

            Assert.True(result.Verdict.Validity == Validity.Valid, result.Verdict.Reason);
            Assert.DoesNotContain(
                lines.SkipWhile(line => !line.EndsWith("2 ends", StringComparison.Ordinal)),
                line => line.Contains(" 2 starts", StringComparison.Ordinal));
            counts[0] += result.Probes[ends[0]];
            counts[1] += result.Probes[ends[1]];
        }

        Assert.True(counts[0] + counts[1] >= 10);
        Assert.All(counts, count => Assert.NotEqual(0, count));
    }

    [Theory]
    [InlineData(NetworkMode.Datagrams)]
    [InlineData(NetworkMode.Connections)]
    internal void A_link_of_little_bandwidth_lets_messages_wait_and_drops_only_datagrams(NetworkMode mode)
    {
        FaultPlan plan = new([new PlannedFault(1_000, FaultKind.Bandwidth, 0, 0, 4_000, 4)]);
        SimulationConfig config = Small with { Network = mode, PaddingBytes = 1_000 };

        SimulationResult result = SimulationRun.Execute(config, plan);

        Assert.NotEqual(Validity.Invalid, result.Verdict.Validity);
        Assert.NotEqual(0, result.Probes[Probe.MessageQueued]);
        Assert.Equal(mode == NetworkMode.Datagrams, result.Probes[Probe.MessageDropped] > 0);
    }
}
