namespace Replication.Testing.Checkers.Transactions;

/// <summary>Tells whether a component holds a cycle that a model forbids, without looking for the cycle.</summary>
/// <remarks>
/// Linear in the edges, so it decides where the search for a cycle to show runs out of its budget.
/// </remarks>
internal static class CycleExistence
{
    private const Dependency WriteEdges = Dependency.WriteWrite;
    private const Dependency ReadCommittedEdges = Dependency.WriteWrite | Dependency.WriteRead;
    private const Dependency AllEdges = ReadCommittedEdges | Dependency.ReadWrite;

    // From the weakest model on. Snapshots: an anti-dependency may follow another dependency only.
    private static readonly (string Model, Dependency Edges, bool HopsOverReads)[] Rules =
    [
        ("PL-1", WriteEdges, false),
        ("PL-2", ReadCommittedEdges, false),
        ("PL-SI", ReadCommittedEdges, true),
        ("PL-2.99", AllEdges, false),
        ("PL-3", AllEdges, false),
        ("strong-session-PL-1", WriteEdges | Dependency.Process, false),
        ("strong-session-PL-2", ReadCommittedEdges | Dependency.Process, false),
        ("strong-session-snapshot-isolation", ReadCommittedEdges | Dependency.Process, true),
        ("strong-session-serializable", AllEdges | Dependency.Process, false),
        ("strong-PL-1", WriteEdges | Dependency.Realtime, false),
        ("strong-PL-2", ReadCommittedEdges | Dependency.Realtime, false),
        ("strong-snapshot-isolation", ReadCommittedEdges | Dependency.Realtime, true),
        ("PL-SS", AllEdges | Dependency.Realtime, false),
    ];

    private const string Suffix = "-cycle-exists";

    /// <summary>Gets the models for which a component can be examined.</summary>
    public static IReadOnlyList<string> Models { get; } = [.. Rules.Select(r => r.Model)];

    /// <summary>Whether all cycles that a model forbids are those that can be examined here.</summary>
    public static bool Decides(string model) => Models.Contains(ModelLattice.Canonical(model));

    public static string AnomalyOf(string model) => model + Suffix;

    public static bool IsCycleExists(string anomaly) => anomaly.EndsWith(Suffix, StringComparison.Ordinal);

    /// <summary>The weakest models that a component breaks, each with the size of the smallest cyclic part.</summary>
    public static List<(string Model, int Size)> BrokenModels(DependencyGraph component)
    {
        List<(string, int)> broken = [];
        HashSet<string> excluded = new(StringComparer.Ordinal);
        foreach ((string model, Dependency edges, bool hops) in Rules)
        {
            if (excluded.Contains(model))
            {
                continue;
            }

            List<int[]> cyclic = hops ? WithHops(component, edges) : StrongComponents.Find(component, edges);
            if (cyclic.Count > 0)
            {
                broken.Add((model, cyclic.Min(c => c.Length)));
                excluded.UnionWith(ModelLattice.StrongerOrEqual(model));
            }
        }

        return broken;
    }

    /// <summary>Each node stands twice: as reached by an edge, and as reached by an anti-dependency, which a second
    /// one may not follow.</summary>
    private static List<int[]> WithHops(DependencyGraph graph, Dependency edges)
    {
        int count = graph.Count;
        return StrongComponents.Find(2 * count, (int node, ref int cursor) =>
        {
            bool isReachedByHop = node >= count;
            int source = isReachedByHop ? node - count : node;
            ReadOnlySpan<int> targets = graph.Targets(source);
            ReadOnlySpan<Dependency> labels = graph.Labels(source);

            // Two places of the cursor for each edge: to take it as it is, and as a hop.
            while (cursor < 2 * targets.Length)
            {
                int edge = cursor / 2;
                bool isHop = cursor++ % 2 == 1;
                if (!isHop && (labels[edge] & edges) != 0)
                {
                    return targets[edge];
                }

                if (isHop && !isReachedByHop && (labels[edge] & Dependency.ReadWrite) != 0)
                {
                    return targets[edge] + count;
                }
            }

            return -1;
        });
    }
}
