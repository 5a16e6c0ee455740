using Replication.Testing.Checkers;
using Replication.Testing.Histories;
using Replication.Testing.Simulation;
using Replication.Testing.Simulation.Workloads;

namespace Replication.Simulation.Tests.Scenarios;

/// <summary>One turn commits and answers a write in one group, and then ends in a fault of the disk in another. The
/// answer stands: the write is committed.</summary>
public sealed class FaultedTurnScenario
{
    // Seed 1392901 of the profile sparse, shrunk.
    private static readonly string[] Case =
    [
        "set Seed 1392923", "set CheckpointLogBytes 531", "set Clients 1", "set CompactionDeadPercent 10",
        "set Groups 3", "set HasFinalReads False", "set Nodes 1", "set PaddingBytes 4000",
        "set SafetyMilliseconds 6919", "set SegmentSizeBits 14",
        "1332 ReadError 1 0 28 0", "1372 StalledDisk 1 0 5545 0", "6761 ReadError 1 0 283 0",
        "calls 8",
        "call 140005 20.466255 0 0 Write 11 55 0 -", "call 120002 48.68261 0 0 Write 2 57 0 -",
        "call 140015 68.140497 0 0 Write 2 63 0 -", "call 210006 1272.465975 0 0 Write 23 69 0 -",
        "call 250008 1292.432956 0 0 Write 8 101 0 -", "call 260002 1312.596664 0 0 Write 3 104 0 -",
        "call 310002 1352.670473 0 0 Write 17 117 0 -", "call 300013 3760.84176 0 0 Write 12 118 0 -",
    ];

    [Fact]
    public void A_write_that_is_answered_in_a_turn_that_fails_later_is_committed()
    {
        List<string> lines = [];
        SimulationResult result = SimulationRun.Execute(
            SimulationCase.Parse(Case, new SimulationConfig { Seed = 1 }), lines.Add);

        // Eight writes are too few for a verdict of valid.
        Assert.True(result.Verdict.Validity != Validity.Invalid, result.Verdict.ToString());
        Assert.Contains(lines, line => line.TrimStart().StartsWith("6918.561 1 faulted:", StringComparison.Ordinal));

        // The answer takes a moment to its client.
        OperationRecord last = result.Operations[^1];
        Assert.Equal(HistoryEventType.Ok, last.Outcome);
        Assert.InRange(last.CompletedAt, 6_918_561_000, 6_919_000_000);
    }
}
