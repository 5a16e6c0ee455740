using Replication.Testing.Simulation;
using Replication.Testing.Simulation.Faults;
using Replication.Testing.Simulation.Probes;
using Replication.Testing.Simulation.Workloads;

namespace Replication.Simulation.Tests.Scenarios;

/// <summary>Row 47 of docs/scenarios.md: a leader whose disk is slow, but does not fail.</summary>
public sealed class GrayDiskScenarios
{
    [Theory]
    [InlineData(nameof(FaultKind.SlowDisk), 300)]
    [InlineData(nameof(FaultKind.StalledDisk), 0)]
    public void The_slow_disk_of_a_leader_stops_neither_reads_nor_writes_for_long(string kindName, long factor)
    {
        FaultKind kind = Enum.Parse<FaultKind>(kindName);
        SimulationResult result = new Script
        {
            Config = new Script().Config with { SafetyMilliseconds = 14_000 },
            Faults = [new PlannedFault(2_000, kind, 0, 0, 10_000, factor)],
        }.Reach(Probe.LeaderDiskSlow);

        int reads = Script.Succeeded(result, 4_000, 12_000, operation => operation.Kind == OperationKind.Read);
        int writes = Script.Succeeded(result, 4_000, 12_000, operation => operation.IsWrite);

        // Every third attempt meets the node with the slow disk and waits in vain there.
        Assert.True(reads > 20 && writes > 40, $"{reads} reads, {writes} writes, {result.Elections} elections");
    }
}
