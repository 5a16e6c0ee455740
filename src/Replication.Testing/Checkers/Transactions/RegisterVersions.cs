namespace Replication.Testing.Checkers.Transactions;

/// <summary>What is known of the order of the versions of each register.</summary>
/// <remarks>
/// That the initial state comes before all. More by assumptions of the caller; one that contradicts itself or those
/// before it is left out and reported as cyclic versions.
/// </remarks>
internal sealed class RegisterVersions
{
    private readonly TransactionSet _set;
    private readonly SortedSet<(int Before, int After)> _edges = [];

    public RegisterVersions(TransactionSet set, TransactionCheckOptions options, AnomalyReport report)
    {
        _set = set;
        AddInitial();
        if (options.WritesFollowReads)
        {
            Assume("writes follow reads", WritesFollowReads(), report);
        }

        if (options.SequentialKeys)
        {
            Assume("sequential keys", new KeyOrder(set).Sequential(), report);
        }

        if (options.LinearizableKeys)
        {
            Assume("linearizable keys", new KeyOrder(set).Linearizable(), report);
        }
    }

    /// <summary>Gets the known steps from a version to a later one, by <see cref="PlaceOf"/>.</summary>
    public IReadOnlyCollection<(int Before, int After)> Edges => _edges;

    /// <summary>The number of a version: its element, or for the initial state of a key one after all elements.</summary>
    public static int PlaceOf(TransactionSet set, Step step) =>
        step.Value == Step.Nothing ? set.ElementCount + step.Key : step.Value;

    public bool IsEdge(int before, int after) => _edges.Contains((before, after));

    private void AddInitial()
    {
        for (int i = 0; i < _set.Count; i++)
        {
            if (_set.IsPossible(i))
            {
                External.Writes(_set, i).ForEach(AddInitial);
            }

            if (_set.IsOk(i))
            {
                External.Reads(_set, i).ForEach(AddInitial);
            }
        }
    }

    private void AddInitial(Step step)
    {
        if (step.Value != Step.Nothing)
        {
            _edges.Add((_set.ElementCount + step.Key, step.Value));
        }
    }

    private List<(int, int)> WritesFollowReads()
    {
        List<(int, int)> edges = [];
        for (int i = 0; i < _set.Count; i++)
        {
            if (!_set.IsOk(i))
            {
                continue;
            }

            List<Step> writes = External.Writes(_set, i);
            foreach (Step read in External.Reads(_set, i).Where(r => r.Value != Step.Nothing))
            {
                edges.AddRange(writes.Where(w => w.Key == read.Key).Select(w => (read.Value, w.Value)));
            }
        }

        return edges;
    }

    private void Assume(string name, List<(int Before, int After)> edges, AnomalyReport report)
    {
        DependencyGraph.Builder graph = new(_set.ElementCount + _set.Keys.Length);
        foreach ((int before, int after) in _edges.Concat(edges))
        {
            graph.Add(before, after, Dependency.WriteWrite);
        }

        List<int[]> cycles = StrongComponents.Find(graph.Build(), Dependency.WriteWrite);
        if (cycles.Count == 0)
        {
            _edges.UnionWith(edges);
        }

        foreach (int[] cycle in cycles)
        {
            string versions = string.Join(", ", cycle.Select(Describe));
            report.Add("cyclic-versions", () => $"By \"{name}\" each of these versions comes before itself: {versions}.");
        }
    }

    private string Describe(int place) => place < _set.ElementCount
        ? $"{_set.DescribeElement(place)} of key {_set.DescribeKey(_set.ElementKey[place])}"
        : $"the initial state of key {_set.DescribeKey(place - _set.ElementCount)}";
}
