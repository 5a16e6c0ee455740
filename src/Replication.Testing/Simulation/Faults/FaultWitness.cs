namespace Replication.Testing.Simulation.Faults;

/// <summary>Says how often something was seen that a fault does. A fault that has witnesses counts as effective only if
/// they saw something in its time, where it is: a lossy network on which nobody sends has no effect, and neither has a
/// cut of two nodes that do not talk while others are cut off, too.</summary>
internal static class FaultWitness
{
    /// <summary>Gets whether a kind of fault has witnesses.</summary>
    public static bool Has(FaultKind kind) => IsOfNode(kind)
        || FaultPlanner.ClassOf(kind) is FaultClasses.Messages or FaultClasses.Partitions;

    /// <summary>Counts what the witnesses of a fault have seen so far.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="network">The faults of its network.</param>
    /// <param name="fault">The fault.</param>
    /// <param name="target">The number of the node that it strikes, if it strikes one.</param>
    public static long Count(SimulatedCluster cluster, NetworkFaults network, in PlannedFault fault, int target) =>
        !Has(fault.Kind) ? 0
        : IsOfNode(fault.Kind) ? cluster.Nodes[target - 1].Strikes[fault.Kind]
        : FaultPlanner.ClassOf(fault.Kind) == FaultClasses.Messages || fault.Kind == FaultKind.BreakConnection
        ? cluster.Network.Trouble.Strikes[fault.Kind]
        : network.CutOff(fault);

    private static bool IsOfNode(FaultKind kind) => kind is FaultKind.CrashLoop or FaultKind.SlowDisk
        or FaultKind.StalledDisk or FaultKind.StalledBackground or FaultKind.FullDisk;
}
