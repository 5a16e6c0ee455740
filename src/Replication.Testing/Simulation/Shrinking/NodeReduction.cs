namespace Replication.Testing.Simulation.Shrinking;

/// <summary>Leaves out nodes. A smaller cluster runs differently from the first election on, so that several choices
/// and several seeds are tried.</summary>
internal static class NodeReduction
{
    private const int TriesPerCount = 24;
    private static readonly int[] Counts = [1, 2, 3, 4, 5, 6];

    /// <summary>Finds the smallest cluster that still fails.</summary>
    public static void Run(ShrinkSearch search)
    {
        foreach (int count in Counts)
        {
            if (count >= search.Best.Config.Nodes)
            {
                return;
            }

            if (TryCount(search, count))
            {
                return;
            }
        }
    }

    private static bool TryCount(ShrinkSearch search, int count)
    {
        SimulationCase from = search.Best;
        List<int[]> choices = Choices(from.Config.Nodes, count);
        for (int i = 0; i < TriesPerCount && !search.IsOver; i++)
        {
            SimulationCase smaller = new(
                from.Config with { Nodes = count, Regions = Math.Min(from.Config.Regions, count) },
                NodeMapping.Keep(from.Plan, choices[i % choices.Count]),
                from.Calls);
            if (search.Try(ShrinkSearch.Reseeded(smaller, i / Math.Min(choices.Count, TriesPerCount / 3))))
            {
                return true;
            }
        }

        return false;
    }

    // All ways to choose so many of the nodes.
    private static List<int[]> Choices(int nodes, int count)
    {
        List<int[]> choices = [];
        for (int mask = 0; mask < 1 << nodes; mask++)
        {
            if (System.Numerics.BitOperations.PopCount((uint)mask) == count)
            {
                choices.Add([.. Enumerable.Range(1, nodes).Where(node => (mask & (1 << (node - 1))) != 0)]);
            }
        }

        return choices;
    }
}
