using Replication.Testing.Simulation.Faults;

namespace Replication.Testing.Simulation;

/// <summary>Which nodes the faults of a plan name, and what they become in a smaller cluster.</summary>
internal static class NodeMapping
{
    /// <summary>Finds out whether a fault names only nodes that there are.</summary>
    public static bool Fits(in PlannedFault fault, int nodes) =>
        fault.Node >= 0 && fault.Node <= nodes && fault.Peer >= 0
        && (IsMask(fault.Kind) ? fault.Peer < 1 << nodes : fault.Peer <= nodes)
        && (fault.Kind is not (FaultKind.CutOneWay or FaultKind.BreakConnection)
            || (fault.Node > 0 && fault.Peer > 0 && fault.Node != fault.Peer));

    /// <summary>Gets a plan for what remains of a cluster: faults that are of removed nodes alone are left
    /// out.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="kept">The nodes that remain, ascending; they are numbered anew from 1.</param>
    public static FaultPlan Keep(FaultPlan plan, IReadOnlyList<int> kept)
    {
        int[] numbers = new int[33];
        for (int i = 0; i < kept.Count; i++)
        {
            numbers[kept[i]] = i + 1;
        }

        List<PlannedFault> faults = [];
        foreach (PlannedFault fault in plan.Faults)
        {
            PlannedFault mapped = IsMask(fault.Kind)
                ? fault with { Peer = Masked(fault.Peer, kept) }
                : fault with { Node = numbers[fault.Node], Peer = numbers[fault.Peer] };
            bool isGone = IsMask(fault.Kind)
                ? mapped.Peer == 0 || mapped.Peer == (1 << kept.Count) - 1
                : (fault.Node != 0 && mapped.Node == 0) || (fault.Peer != 0 && mapped.Peer == 0);
            if (!isGone)
            {
                faults.Add(mapped);
            }
        }

        return new FaultPlan(faults);
    }

    private static bool IsMask(FaultKind kind) => kind is FaultKind.Halves or FaultKind.SwizzleClog;

    private static int Masked(int mask, IReadOnlyList<int> kept)
    {
        int result = 0;
        for (int i = 0; i < kept.Count; i++)
        {
            result |= ((mask >> (kept[i] - 1)) & 1) << i;
        }

        return result;
    }
}
