namespace Replication.Testing.Checkers.Transactions;

/// <summary>A directed graph with labelled edges; parallel edges are one with all the labels.</summary>
internal sealed class DependencyGraph
{
    private readonly int[] _first;
    private readonly int[] _targets;
    private readonly Dependency[] _labels;

    private DependencyGraph(int[] first, int[] targets, Dependency[] labels)
    {
        _first = first;
        _targets = targets;
        _labels = labels;
    }

    public int Count => _first.Length - 1;

    public ReadOnlySpan<int> Targets(int node) => _targets.AsSpan(_first[node], _first[node + 1] - _first[node]);

    public ReadOnlySpan<Dependency> Labels(int node) => _labels.AsSpan(_first[node], _first[node + 1] - _first[node]);

    /// <summary>The labels of an edge, or none if there is no edge.</summary>
    public Dependency Label(int from, int to)
    {
        int place = Targets(from).BinarySearch(to);
        return place < 0 ? Dependency.None : Labels(from)[place];
    }

    /// <summary>The graph of some nodes and the edges between them, renumbered in their order.</summary>
    public DependencyGraph Select(ReadOnlySpan<int> nodes, Dependency labels = (Dependency)0xff)
    {
        Dictionary<int, int> numbers = new(nodes.Length);
        for (int i = 0; i < nodes.Length; i++)
        {
            numbers.Add(nodes[i], i);
        }

        Builder builder = new(nodes.Length);
        for (int i = 0; i < nodes.Length; i++)
        {
            ReadOnlySpan<int> targets = Targets(nodes[i]);
            ReadOnlySpan<Dependency> edgeLabels = Labels(nodes[i]);
            for (int e = 0; e < targets.Length; e++)
            {
                Dependency label = edgeLabels[e] & labels;
                if (label != Dependency.None && numbers.TryGetValue(targets[e], out int target))
                {
                    builder.Add(i, target, label);
                }
            }
        }

        return builder.Build();
    }

    /// <summary>Collects edges.</summary>
    internal sealed class Builder(int count)
    {
        private readonly List<int> _from = [];
        private readonly List<int> _to = [];
        private readonly List<Dependency> _label = [];

        private bool _hasSelf;

        public bool IsEmpty => _from.Count == 0 && !_hasSelf;

        /// <summary>Notes that a transaction depends on itself in a way that is no edge.</summary>
        public void NoteSelf() => _hasSelf = true;

        public void Add(int from, int to, Dependency label)
        {
            _from.Add(from);
            _to.Add(to);
            _label.Add(label);
        }

        /// <summary>Builds the graph: edges by rising target, parallel ones merged.</summary>
        public DependencyGraph Build()
        {
            // Two counting sorts, by target and then by source, leave each node's targets in order.
            int edges = _from.Count;
            int[] byTarget = CountingOrder(_to, null, count);
            int[] order = CountingOrder(_from, byTarget, count);
            int[] first = new int[count + 1];
            int[] targets = new int[edges];
            Dependency[] labels = new Dependency[edges];
            int length = 0;
            int next = 0;
            for (int node = 0; node < count; node++)
            {
                first[node] = length;
                for (; next < edges && _from[order[next]] == node; next++)
                {
                    int target = _to[order[next]];
                    if (length > first[node] && targets[length - 1] == target)
                    {
                        labels[length - 1] |= _label[order[next]];
                    }
                    else
                    {
                        targets[length] = target;
                        labels[length++] = _label[order[next]];
                    }
                }
            }

            first[count] = length;
            Array.Resize(ref targets, length);
            Array.Resize(ref labels, length);
            return new DependencyGraph(first, targets, labels);
        }

        private static int[] CountingOrder(List<int> keys, int[]? order, int count)
        {
            int[] start = new int[count + 1];
            foreach (int key in keys)
            {
                start[key + 1]++;
            }

            for (int i = 0; i < count; i++)
            {
                start[i + 1] += start[i];
            }

            int[] sorted = new int[keys.Count];
            for (int i = 0; i < keys.Count; i++)
            {
                int edge = order is null ? i : order[i];
                sorted[start[keys[edge]]++] = edge;
            }

            return sorted;
        }
    }
}
