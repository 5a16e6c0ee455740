namespace Replication.Testing.Checkers.Transactions;

/// <summary>The dependencies between the transactions of a register history.</summary>
/// <remarks>Only committed transactions show dependencies: of others it isn't known what they read.</remarks>
internal sealed class RegisterGraph
{
    private readonly TransactionSet _set;
    private readonly RegisterVersions _versions;

    // By version: those of keys never written have the places after all elements.
    private readonly List<int>?[] _readers;
    private readonly List<int>?[] _writers;

    public RegisterGraph(TransactionSet set, TransactionCheckOptions options, AnomalyReport report)
    {
        _set = set;
        _readers = new List<int>?[set.ElementCount + set.Keys.Length];
        _writers = new List<int>?[set.ElementCount + set.Keys.Length];
        for (int i = 0; i < set.Count; i++)
        {
            if (set.IsOk(i))
            {
                External.Reads(set, i).ForEach(r => (_readers[RegisterVersions.PlaceOf(set, r)] ??= []).Add(i));
                External.Writes(set, i).ForEach(w => (_writers[w.Value] ??= []).Add(i));
            }
        }

        _versions = new RegisterVersions(set, options, report);
    }

    /// <summary>Adds all dependencies that reads and the order of versions show.</summary>
    /// <exception cref="FormatException">A value that was read has two writers.</exception>
    public void AddTo(DependencyGraph.Builder graph)
    {
        for (int element = 0; element < _set.ElementCount; element++)
        {
            if (_readers[element] is not null && _writers[element] is { } writers)
            {
                if (writers.Count > 1)
                {
                    throw new FormatException(
                        $"Value {_set.DescribeElement(element)} was read and had been written twice to key "
                        + $"{_set.DescribeKey(_set.ElementKey[element])}: values must be unique.");
                }

                Link(writers, _readers[element], Dependency.WriteRead, graph);
            }
        }

        foreach ((int before, int after) in _versions.Edges)
        {
            Link(_writers[before], _writers[after], Dependency.WriteWrite, graph);
            Link(_readers[before], _writers[after], Dependency.ReadWrite, graph);
        }
    }

    /// <summary>Tells why one transaction comes before another.</summary>
    public string Explain(int before, int after, Dependency label, string beforeName, string afterName)
    {
        List<Step> early = label == Dependency.ReadWrite ? External.Reads(_set, before) : External.Writes(_set, before);
        List<Step> late = label == Dependency.WriteRead ? External.Reads(_set, after) : External.Writes(_set, after);
        foreach (Step first in early)
        {
            foreach (Step second in late.Where(s => s.Key == first.Key))
            {
                int from = RegisterVersions.PlaceOf(_set, first);
                int to = RegisterVersions.PlaceOf(_set, second);
                if (label == Dependency.WriteRead ? from == to : _versions.IsEdge(from, to))
                {
                    return Tell(label, first, second, beforeName, afterName);
                }
            }
        }

        throw new InvalidOperationException($"No {label} from {_set.Describe(before)} to {_set.Describe(after)}.");
    }

    private string Tell(Dependency label, Step first, Step second, string beforeName, string afterName)
    {
        string key = _set.DescribeKey(first.Key);
        string value = first.Value == Step.Nothing ? "never written" : _set.DescribeElement(first.Value);
        return label switch
        {
            Dependency.WriteRead => $"{afterName} read {value} of key {key}, which {beforeName} wrote",
            Dependency.WriteWrite => $"{beforeName} wrote {value} to key {key} and {afterName} the later version "
                + _set.DescribeElement(second.Value),
            _ => $"{beforeName} read key {key} as {value} and {afterName} wrote the later version "
                + _set.DescribeElement(second.Value),
        };
    }

    private static void Link(
        List<int>? from, List<int>? to, Dependency label, DependencyGraph.Builder graph)
    {
        foreach (int before in from ?? [])
        {
            foreach (int after in to ?? [])
            {
                // A transaction that reads what it writes later depends on itself; otherwise that says nothing.
                if (before != after || label == Dependency.WriteRead)
                {
                    graph.Add(before, after, label);
                }
                else
                {
                    graph.NoteSelf();
                }
            }
        }
    }
}
