namespace Replication.Testing.Tests.Checkers.Transactions;

/// <summary>Why one transaction precedes another, for the naive check.</summary>
[Flags]
internal enum NaiveEdge
{
    None = 0,
    Ww = 1,
    Wr = 2,
    Rw = 4,
    Process = 8,
    Realtime = 16,
}

/// <summary>A small graph of which every simple cycle is looked at.</summary>
internal sealed class NaiveGraph(int count, NaiveEdge[] preference)
{
    private readonly NaiveEdge[,] _edges = new NaiveEdge[count, count];

    public bool IsEmpty { get; private set; } = true;

    public void NoteSelf() => IsEmpty = false;

    public void Add(int from, int to, NaiveEdge label)
    {
        IsEmpty = false;
        _edges[from, to] |= label;
    }

    /// <summary>Whether a cycle of the kinds exists, in which anti-dependencies may stand, unless next to each other,
    /// where they are not among the kinds but <paramref name="hops"/> is set.</summary>
    public bool HasCycle(NaiveEdge kinds, bool hops) => Cycles().Any(c => Breaks(c, kinds, hops));

    /// <summary>The names of all simple cycles of some kinds, each edge told by its preferred label.</summary>
    public HashSet<string> Names(NaiveEdge kinds) =>
        [.. Cycles().Where(c => Breaks(c, kinds, false)).Select(c => Name(c.Select(Preferred).ToArray()))];

    private static bool Breaks(NaiveEdge[] cycle, NaiveEdge kinds, bool hops)
    {
        bool[] isHop = [.. cycle.Select(e => (e & kinds) == 0)];
        if (!hops)
        {
            return !isHop.Contains(true);
        }

        return cycle.Zip(isHop).All(p => !p.Second || p.First.HasFlag(NaiveEdge.Rw))
            && !Enumerable.Range(0, cycle.Length).Any(i => isHop[i] && isHop[(i + 1) % cycle.Length]);
    }

    private static string Name(NaiveEdge[] cycle)
    {
        int rw = cycle.Count(e => e == NaiveEdge.Rw);
        bool adjacent = Enumerable.Range(0, cycle.Length)
            .Any(i => cycle[i] == NaiveEdge.Rw && cycle[(i + 1) % cycle.Length] == NaiveEdge.Rw);
        string name = rw == 1 ? "G-single-item"
            : rw > 1 && adjacent ? "G2-item"
            : rw > 1 ? "G-nonadjacent-item"
            : cycle.Contains(NaiveEdge.Wr) ? "G1c"
            : "G0";
        return name + (cycle.Contains(NaiveEdge.Realtime) ? "-realtime"
            : cycle.Contains(NaiveEdge.Process) ? "-process"
            : "");
    }

    private NaiveEdge Preferred(NaiveEdge labels) => preference.First(p => labels.HasFlag(p));

    private IEnumerable<NaiveEdge[]> Cycles()
    {
        for (int start = 0; start < count; start++)
        {
            foreach (List<int> path in Paths([start]))
            {
                if (_edges[path[^1], start] != NaiveEdge.None)
                {
                    yield return [.. Enumerable.Range(0, path.Count).Select(i => _edges[path[i], path[(i + 1) % path.Count]])];
                }
            }
        }
    }

    /// <summary>All simple paths on from a path through nodes above its first.</summary>
    private IEnumerable<List<int>> Paths(List<int> path)
    {
        yield return path;
        for (int next = path[0] + 1; next < count; next++)
        {
            if (_edges[path[^1], next] != NaiveEdge.None && !path.Contains(next))
            {
                foreach (List<int> longer in Paths([.. path, next]))
                {
                    yield return longer;
                }
            }
        }
    }
}
