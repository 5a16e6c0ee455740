using Replication.Testing.Simulation.Faults;
using Replication.Testing.Simulation.Randomness;

namespace Replication.Testing.Simulation.Shrinking;

/// <summary>Looks for the same failure in runs that are small from the beginning: few nodes, faults and operations, and
/// limits so low that few operations reach them. What needs a full log or a full segment is not found by leaving out
/// one operation after the other: each that is left out moves the rest.</summary>
internal static class SmallDraws
{
    private const int TriesMax = 1_500;

    /// <summary>Looks for one.</summary>
    /// <param name="search">The search, which has left out faults already.</param>
    /// <param name="origin">The settings of the run before it was shrunk.</param>
    /// <param name="options">What is small.</param>
    /// <returns>Whether there was one.</returns>
    public static bool Run(ShrinkSearch search, SimulationConfig origin, ShrinkOptions options)
    {
        SimulationCase from = search.Best;
        HashSet<FaultKind> kinds = [.. from.Plan.Faults.Select(fault => fault.Kind)];
        for (int i = 1; i <= TriesMax && !search.IsOver; i++)
        {
            if (search.Try(Draw(origin, from.Config, kinds, options, i)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Draws one.</summary>
    /// <param name="origin">The settings of the run before it was shrunk.</param>
    /// <param name="shrunk">Its settings now.</param>
    /// <param name="kinds">The kinds of faults that were seen to be needed.</param>
    /// <param name="options">What is small.</param>
    /// <param name="number">Which draw.</param>
    public static SimulationCase Draw(
        SimulationConfig origin, SimulationConfig shrunk, IReadOnlySet<FaultKind> kinds, ShrinkOptions options,
        int number)
    {
        RandomStream random = new(origin.Seed, RandomPurpose.SmallDraw, number);
        SimulationConfig settings = random.Chance(0.5) ? origin : shrunk;
        int nodes = Math.Min(random.Chance(0.5) ? origin.Nodes : shrunk.Nodes, options.NodesWanted);
        SimulationConfig config = SettingReduction.Tightened(settings, (TightLimits)random.Below(8)) with
        {
            Seed = origin.Seed + (ulong)number,
            Nodes = nodes,
            Regions = Math.Min(settings.Regions, nodes),
            DamagedNodesMax = Math.Min(origin.DamagedNodesMax, (nodes - 1) / 2),
            Clients = (int)random.Between(1, Math.Min(4, origin.Clients)),
            OperationsMax = options.CallsWanted,
            OperationsPerSecond = (int)random.LogBetween(2, 40),
            RegisterKeys = (int)random.LogBetween(1, origin.RegisterKeys),
            SafetyMilliseconds = Math.Min(origin.SafetyMilliseconds, 12_000),
            HasFinalReads = true,
            Faults = kinds.Aggregate(FaultClasses.None, (classes, kind) => classes | FaultPlanner.ClassOf(kind)),
            FaultIntervalMilliseconds = random.LogBetween(300, 3_000),
        };
        bool isOfKinds = random.Chance(0.5);
        return new SimulationCase(config, new FaultPlan(FaultPlanner.Draw(config).Faults
            .Where(fault => !isOfKinds || kinds.Contains(fault.Kind)).Take(options.FaultsWanted)));
    }
}
