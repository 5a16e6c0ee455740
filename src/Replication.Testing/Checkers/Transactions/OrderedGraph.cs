namespace Replication.Testing.Checkers.Transactions;

/// <summary>A part of a component with its nodes and edges in the order of the search.</summary>
internal sealed class OrderedGraph
{
    private readonly Dictionary<int, (int Target, Dependency Label)[]> _edges;
    private readonly int[] _nodes;

    private OrderedGraph(Dictionary<int, (int Target, Dependency Label)[]> edges, int[] nodes)
    {
        _edges = edges;
        _nodes = nodes;
    }

    public ReadOnlySpan<int> Nodes => _nodes;

    /// <summary>Takes the edges of some kinds, and the nodes that have one.</summary>
    /// <param name="graph">The component.</param>
    /// <param name="indices">The indices of its transactions.</param>
    /// <param name="kinds">The kinds of edges.</param>
    public static OrderedGraph Of(DependencyGraph graph, long[] indices, Dependency kinds)
    {
        bool[] isNode = new bool[graph.Count];
        Dictionary<int, (int, Dependency)[]> edges = new(graph.Count);
        for (int node = 0; node < graph.Count; node++)
        {
            (int Target, Dependency Label)[] kept = Filter(graph, node, kinds);
            isNode[node] |= kept.Length > 0;
            Array.ForEach(kept, e => isNode[e.Target] = true);
            int[] targets = Array.ConvertAll(kept, e => e.Target);
            edges.Add(node, Array.ConvertAll(Ordered(targets, indices), t => (t, graph.Label(node, t) & kinds)));
        }

        int[] nodes = [.. Enumerable.Range(0, graph.Count).Where(n => isNode[n])];
        return new OrderedGraph(edges, Ordered(nodes, indices));
    }

    public ReadOnlySpan<(int Target, Dependency Label)> Edges(int node) => _edges[node];

    /// <summary>The part with some nodes only.</summary>
    public OrderedGraph Select(ReadOnlySpan<int> nodes)
    {
        HashSet<int> kept = [.. nodes];
        return new OrderedGraph(
            kept.ToDictionary(n => n, n => Array.FindAll(_edges[n], e => kept.Contains(e.Target))), [.. kept]);
    }

    private static (int Target, Dependency Label)[] Filter(DependencyGraph graph, int node, Dependency kinds)
    {
        List<(int, Dependency)> kept = [];
        ReadOnlySpan<int> targets = graph.Targets(node);
        ReadOnlySpan<Dependency> labels = graph.Labels(node);
        for (int e = 0; e < targets.Length; e++)
        {
            if ((labels[e] & kinds) != 0)
            {
                kept.Add((targets[e], labels[e] & kinds));
            }
        }

        return [.. kept];
    }

    private static int[] Ordered(int[] nodes, long[] indices) =>
        Array.ConvertAll(HashOrder.OfIndices(Array.ConvertAll(nodes, n => indices[n])), i => nodes[i]);
}
