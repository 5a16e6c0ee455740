using System.Numerics;
using Rule = Replication.Testing.Checkers.Transactions.CyclePattern.ReadWriteRule;

namespace Replication.Testing.Checkers.Transactions;

/// <summary>Looks for a short cycle of a pattern, breadth first from each node.</summary>
/// <remarks>
/// Paths are not merged where they meet, because a cycle must not visit a node twice; that costs exponential time in
/// the worst case, so each step is paid from a budget. The number of steps, not a clock, ends the search: equal
/// histories give equal verdicts.
/// </remarks>
internal sealed class CycleSearch(long budget)
{
    private readonly List<Path> _paths = [];
    private long _budget = budget;

    /// <summary>Gets a value that indicates whether the last search ended for lack of budget.</summary>
    public bool IsExhausted => _budget <= 0;

    /// <summary>Looks for a cycle.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="pattern">What to look for.</param>
    /// <returns>The nodes of the cycle, the first one again at the end; null if none was found.</returns>
    public int[]? Find(OrderedGraph graph, CyclePattern pattern)
    {
        foreach (int start in graph.Nodes)
        {
            int[]? cycle = FindFrom(graph, pattern, start);
            if (cycle is not null || IsExhausted)
            {
                return cycle;
            }
        }

        return null;
    }

    private int[]? FindFrom(OrderedGraph graph, CyclePattern pattern, int start)
    {
        int floor = _paths.Count;
        _paths.Add(new Path(start, -1, pattern.Required, pattern.ReadWrites, pattern.Rule, false));
        int shellStart = floor;
        int[]? cycle = null;
        while (cycle is null && shellStart < _paths.Count && !IsExhausted)
        {
            int shellEnd = _paths.Count;
            cycle = FindClosed(graph, pattern, start, shellStart, shellEnd);
            for (int p = shellStart; cycle is null && p < shellEnd && !IsExhausted; p++)
            {
                if (!IsLoop(p))
                {
                    Extend(graph, pattern, p);
                }
            }

            shellStart = shellEnd;
        }

        _paths.RemoveRange(floor, _paths.Count - floor);
        return cycle;
    }

    /// <summary>Looks among the paths of one length for one that is a cycle.</summary>
    private int[]? FindClosed(OrderedGraph graph, CyclePattern pattern, int start, int from, int to)
    {
        for (int p = from; p < to && !IsExhausted; p++)
        {
            if (!IsLoop(p) || !_paths[p].IsComplete)
            {
                continue;
            }

            if (_paths[p].Node == start)
            {
                return Nodes(p);
            }

            // The loop closes behind the start: the loop alone may be what is looked for.
            int[] nodes = Nodes(p);
            int[] loop = nodes[Array.IndexOf(nodes, nodes[^1])..];
            OrderedGraph part = graph.Select(loop);
            foreach (int node in loop)
            {
                int[]? cycle = FindFrom(part, pattern, node);
                if (cycle is not null || IsExhausted)
                {
                    return cycle;
                }
            }
        }

        return null;
    }

    private bool IsLoop(int path)
    {
        int node = _paths[path].Node;
        for (int p = _paths[path].Previous; p >= 0; p = _paths[p].Previous)
        {
            if (_paths[p].Node == node)
            {
                return true;
            }
        }

        return false;
    }

    private int[] Nodes(int path)
    {
        List<int> nodes = [];
        for (int p = path; p >= 0; p = _paths[p].Previous)
        {
            nodes.Add(_paths[p].Node);
        }

        nodes.Reverse();
        return [.. nodes];
    }

    private void Extend(OrderedGraph graph, CyclePattern pattern, int path)
    {
        foreach ((int target, Dependency label) in graph.Edges(_paths[path].Node))
        {
            _budget--;
            Step(pattern, path, target, label);
        }
    }

    /// <summary>Takes an edge in each way that leads to another state: as an anti-dependency, as a kind still
    /// required, or as any other.</summary>
    private void Step(CyclePattern pattern, int path, int target, Dependency label)
    {
        Path from = _paths[path];
        bool isFirst = from.Previous < 0;
        Dependency readWrite = from.ReadWrites > 0 || from.Rule != Rule.None ? Dependency.ReadWrite : Dependency.None;
        if ((label & readWrite) != 0)
        {
            Take(pattern, path, target, Dependency.ReadWrite);
        }

        // A cycle can be entered anywhere: enter it by what is hardest to find.
        if (isFirst && from.ReadWrites > 0)
        {
            return;
        }

        Dependency required = from.Required & ~readWrite;
        for (Dependency left = label & required; left != 0; left &= left - 1)
        {
            Take(pattern, path, target, (Dependency)(1 << BitOperations.TrailingZeroCount((uint)left)));
        }

        if (isFirst && from.Required != 0)
        {
            return;
        }

        Dependency other = label & pattern.Edges & ~readWrite & ~required;
        if (other != 0)
        {
            Take(pattern, path, target, (Dependency)(1 << BitOperations.TrailingZeroCount((uint)other)));
        }
    }

    private void Take(CyclePattern pattern, int path, int target, Dependency kind)
    {
        Path from = _paths[path];
        bool isReadWrite = kind == Dependency.ReadWrite;
        Rule rule = from.Rule;
        bool isAfterReadWrite = false;
        if ((kind & pattern.Edges) == 0)
        {
            if (!isReadWrite || rule == Rule.None || (rule == Rule.Apart && from.IsAfterReadWrite))
            {
                return;
            }

            isAfterReadWrite = rule == Rule.Apart;
            rule = rule == Rule.Once ? Rule.None : rule;
        }

        byte readWrites = isReadWrite && from.ReadWrites > 0 ? (byte)(from.ReadWrites - 1) : from.ReadWrites;
        _paths.Add(new Path(target, path, from.Required & ~kind, readWrites, rule, isAfterReadWrite));
    }

    /// <summary>A path: its last node, the path before it, and what is still missing to make a cycle of it.</summary>
    private readonly record struct Path(
        int Node, int Previous, Dependency Required, byte ReadWrites, Rule Rule, bool IsAfterReadWrite)
    {
        public bool IsComplete => Required == 0 && ReadWrites == 0 && !IsAfterReadWrite;
    }
}
