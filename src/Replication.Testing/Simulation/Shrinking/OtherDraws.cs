using Replication.Testing.Simulation.Faults;

namespace Replication.Testing.Simulation.Shrinking;

/// <summary>Looks for the same failure in smaller runs that are drawn anew, with the classes of faults that the failure
/// was seen to need: a run that can't be made small itself often has a small relative.</summary>
internal static class OtherDraws
{
    private const int Tries = 64;

    /// <summary>Looks for one.</summary>
    /// <param name="search">The search.</param>
    /// <param name="origin">The settings of the run before it was shrunk.</param>
    /// <param name="options">What is small.</param>
    /// <returns>Whether there was one.</returns>
    public static bool Run(ShrinkSearch search, SimulationConfig origin, ShrinkOptions options)
    {
        FaultClasses classes = FaultClasses.None;
        foreach (PlannedFault fault in search.Best.Plan.Faults)
        {
            classes |= FaultPlanner.ClassOf(fault.Kind);
        }

        int nodes = Math.Min(search.Best.Config.Nodes, options.NodesWanted);
        for (int i = 1; i <= Tries && !search.IsOver; i++)
        {
            SimulationConfig config = origin with
            {
                Seed = origin.Seed + (ulong)i,
                Nodes = nodes,
                Regions = Math.Min(origin.Regions, nodes),
                Faults = classes,

                // Every second one is busy, the others are short of operations from the beginning.
                OperationsPerSecond = i % 2 == 0 ? origin.OperationsPerSecond : 4,
                FaultIntervalMilliseconds = i % 4 < 2 ? origin.FaultIntervalMilliseconds
                    : Math.Max(500, origin.FaultIntervalMilliseconds / 4),
            };
            if (search.Try(new SimulationCase(config, FaultPlanner.Draw(config))))
            {
                return true;
            }
        }

        return false;
    }
}
