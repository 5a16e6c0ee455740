using Replication.Testing.Simulation.Probes;

namespace Replication.Testing.Simulation.Faults;

/// <summary>Says which probes are reached while a fault does something. A fault that has witnesses counts as effective
/// only if one of them was reached in its time: a lossy network on which nobody sends has no effect.</summary>
internal static class FaultWitness
{
    private static readonly Probe[][] Witnesses = [.. Enum.GetValues<FaultKind>().Select(Of)];

    /// <summary>Gets whether a kind of fault has witnesses.</summary>
    public static bool Has(FaultKind kind) => Witnesses[(int)kind].Length > 0;

    /// <summary>Counts how often the witnesses of a kind of fault were reached so far.</summary>
    public static long Count(ProbeCounts probes, FaultKind kind)
    {
        long count = 0;
        foreach (Probe probe in Witnesses[(int)kind])
        {
            count += probes[probe];
        }

        return count;
    }

    private static Probe[] Of(FaultKind kind) => kind switch
    {
        // A connection sends what got lost again, later.
        FaultKind.Loss => [Probe.MessageLost, Probe.MessageDelayed],
        FaultKind.Duplication => [Probe.MessageDuplicated],
        FaultKind.Reordering => [Probe.MessageReordered],
        FaultKind.Corruption => [Probe.MessageCorrupted],
        FaultKind.Replay => [Probe.MessageReplayed],
        FaultKind.LatencyTail => [Probe.MessageDelayed],
        FaultKind.SlowNetwork => [Probe.MessageSlowed],
        FaultKind.Bandwidth => [Probe.MessageQueued, Probe.MessageDropped],
        FaultKind.CutOneWay or FaultKind.Isolate or FaultKind.Deaf or FaultKind.Halves or FaultKind.MajorityRing
            or FaultKind.Bridge or FaultKind.Flapping or FaultKind.SwizzleClog => [Probe.MessageCut],
        FaultKind.BreakConnection => [Probe.ConnectionBroken],
        FaultKind.CrashLoop => [Probe.NodeRestarted],
        FaultKind.SlowDisk => [Probe.DiskSlow],
        FaultKind.StalledDisk => [Probe.DiskStalled],
        FaultKind.StalledBackground => [Probe.BackgroundStalled],
        FaultKind.FullDisk => [Probe.DiskFull, Probe.NodeStoppedByFullDisk],
        _ => [],
    };
}
