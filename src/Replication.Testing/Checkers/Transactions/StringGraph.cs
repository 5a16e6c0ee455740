namespace Replication.Testing.Checkers.Transactions;

/// <summary>A small acyclic graph of names, in the order in which they were given.</summary>
internal sealed class StringGraph
{
    private readonly Dictionary<string, List<string>> _next = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<string>> _previous = new(StringComparer.Ordinal);

    public IReadOnlyCollection<string> Nodes => _next.Keys;

    /// <summary>Makes a graph from nodes and their successors, which are separated by blanks.</summary>
    public static StringGraph Of(params ReadOnlySpan<(string From, string To)> edges)
    {
        StringGraph graph = new();
        foreach ((string from, string to) in edges)
        {
            foreach (string target in to.Split(' '))
            {
                Edges(graph._next, from).Add(target);
                Edges(graph._previous, target).Add(from);
                Edges(graph._next, target);
                Edges(graph._previous, from);
            }
        }

        return graph;
    }

    public IEnumerable<string> Next(string node) => _next.GetValueOrDefault(node, []);

    public IEnumerable<string> Previous(string node) => _previous.GetValueOrDefault(node, []);

    public HashSet<string> Downstream(IEnumerable<string> nodes) => Reach(nodes, _next);

    public HashSet<string> Upstream(IEnumerable<string> nodes) => Reach(nodes, _previous);

    /// <summary>The length of the longest way to each node from one without predecessors.</summary>
    public Dictionary<string, int> Depths()
    {
        Dictionary<string, int> depths = new(StringComparer.Ordinal);
        foreach (string node in _next.Keys)
        {
            Depth(node, depths);
        }

        return depths;
    }

    private static List<string> Edges(Dictionary<string, List<string>> edges, string node)
    {
        if (!edges.TryGetValue(node, out List<string>? list))
        {
            edges[node] = list = [];
        }

        return list;
    }

    private static HashSet<string> Reach(IEnumerable<string> nodes, Dictionary<string, List<string>> edges)
    {
        HashSet<string> reached = new(StringComparer.Ordinal);
        Stack<string> open = new(nodes);
        while (open.TryPop(out string? node))
        {
            if (reached.Add(node))
            {
                edges.GetValueOrDefault(node, []).ForEach(open.Push);
            }
        }

        return reached;
    }

    private int Depth(string node, Dictionary<string, int> depths)
    {
        if (!depths.TryGetValue(node, out int depth))
        {
            depth = _previous[node].Select(p => Depth(p, depths) + 1).DefaultIfEmpty(0).Max();
            depths[node] = depth;
        }

        return depth;
    }
}
