using System.Globalization;
using System.Numerics;
using System.Text;

namespace Replication.Testing.Checkers.Transactions;

/// <summary>Finds and names the cycles of a dependency graph, and tells them as proofs.</summary>
internal sealed class CycleFinder
{
    /// <summary>Gets the anomaly that says that the search in a component ended for lack of budget.</summary>
    public const string SearchExhausted = "cycle-search-timeout";

    private readonly TransactionSet _set;
    private readonly DependencyGraph _graph;
    private readonly Explanation _explain;
    private readonly Dependency[] _preference;
    private readonly long _budget;

    /// <summary>Prepares the search.</summary>
    /// <param name="set">The transactions.</param>
    /// <param name="graph">Their dependencies.</param>
    /// <param name="explain">Tells why a dependency on data holds.</param>
    /// <param name="preference">By which label an edge of several is told: the first of these.</param>
    /// <param name="budget">The steps that the search in one component may take.</param>
    public CycleFinder(
        TransactionSet set, DependencyGraph graph, Explanation explain, Dependency[] preference, long budget)
    {
        _set = set;
        _graph = graph;
        _explain = explain;
        _preference = preference;
        _budget = budget;
    }

    /// <summary>Tells why one transaction comes before another by reads and writes.</summary>
    internal delegate string Explanation(int before, int after, Dependency label, string beforeName, string afterName);

    /// <summary>Adds the anomalies of all components.</summary>
    public void AddTo(AnomalyReport report)
    {
        foreach (int[] component in StrongComponents.Find(_graph, (Dependency)0xff))
        {
            AddComponent(component, report);
        }
    }

    private void AddComponent(int[] component, AnomalyReport report)
    {
        DependencyGraph part = _graph.Select(component);
        List<(string Model, int Size)> broken = CycleExistence.BrokenModels(part);
        foreach ((string model, int size) in broken)
        {
            report.Add(
                CycleExistence.AnomalyOf(model),
                () => string.Create(
                    CultureInfo.InvariantCulture,
                    $"The dependencies that {ModelLattice.Friendly(model)} keeps in order have a cycle among {size} "
                    + $"transactions."));
        }

        HashSet<string> broke = ModelLattice.StrongerOrEqual(broken.Select(b => b.Model));
        HashSet<string> redundant = ModelLattice.AnomaliesForbiddenBy(
            CycleExistence.Models.Where(m => !broke.Contains(m)));
        long[] indices = Array.ConvertAll(component, t => _set.Index[t]);
        CycleSearch search = new(_budget);
        foreach (CyclePattern pattern in CyclePattern.All)
        {
            if (redundant.Contains(pattern.Name))
            {
                continue;
            }

            int[]? cycle = search.Find(OrderedGraph.Of(part, indices, pattern.Reachable), pattern);
            if (search.IsExhausted)
            {
                AddExhausted(part, component, pattern, report);
                return;
            }

            if (cycle is not null && (!pattern.IsExact || Name(part, cycle) == pattern.Name))
            {
                AddCycle(part, component, cycle, report);
                redundant.UnionWith(ModelLattice.ImpliedBy(pattern.Name));
            }
        }
    }

    private void AddExhausted(DependencyGraph part, int[] component, CyclePattern pattern, AnomalyReport report)
    {
        report.Add(
            SearchExhausted,
            () => string.Create(
                CultureInfo.InvariantCulture,
                $"In {component.Length} transactions that depend on each other the search for {pattern.Name} was given "
                + $"up after {_budget} steps."));
        AddCycle(part, component, AnyCycle(part), report);
    }

    /// <summary>A cycle of the worst kinds of edges that have one, short from where it starts.</summary>
    private static int[] AnyCycle(DependencyGraph part)
    {
        const Dependency Orders = Dependency.Process | Dependency.Realtime;
        const Dependency Data = Dependency.WriteWrite | Dependency.WriteRead;
        Dependency[] kinds =
        [
            Dependency.WriteWrite, Dependency.WriteWrite | Orders, Data, Data | Orders, Data | Dependency.ReadWrite,
        ];
        foreach (Dependency kind in kinds)
        {
            int[]? smallest = StrongComponents.Find(part, kind).MinBy(c => c.Length);
            if (smallest is not null)
            {
                return ShortestCycle(part, smallest[0], kind);
            }
        }

        return ShortestCycle(part, 0, (Dependency)0xff);
    }

    private static int[] ShortestCycle(DependencyGraph part, int start, Dependency kinds)
    {
        Dictionary<int, int> cameFrom = [];
        Queue<int> open = new([start]);
        while (!cameFrom.ContainsKey(start))
        {
            int node = open.Dequeue();
            ReadOnlySpan<int> targets = part.Targets(node);
            ReadOnlySpan<Dependency> labels = part.Labels(node);
            for (int e = 0; e < targets.Length; e++)
            {
                if ((labels[e] & kinds) != 0 && cameFrom.TryAdd(targets[e], node))
                {
                    open.Enqueue(targets[e]);
                }
            }
        }

        List<int> cycle = [start];
        do
        {
            cycle.Add(cameFrom[cycle[^1]]);
        }
        while (cycle[^1] != start);

        cycle.Reverse();
        return [.. cycle];
    }

    private string Name(DependencyGraph part, int[] cycle) => CyclePattern.Classify(Labels(part, cycle));

    private Dependency[] Labels(DependencyGraph part, int[] cycle)
    {
        Dependency[] labels = new Dependency[cycle.Length - 1];
        for (int i = 0; i < labels.Length; i++)
        {
            Dependency all = part.Label(cycle[i], cycle[i + 1]);
            Dependency preferred = Array.Find(_preference, p => (all & p) != 0);
            labels[i] = preferred != 0 ? preferred : (Dependency)(1 << BitOperations.TrailingZeroCount((uint)all));
        }

        return labels;
    }

    private void AddCycle(DependencyGraph part, int[] component, int[] cycle, AnomalyReport report)
    {
        Dependency[] labels = Labels(part, cycle);
        report.Add(
            CyclePattern.Classify(labels), () => Prove(Array.ConvertAll(cycle, node => component[node]), labels));
    }

    private string Prove(int[] cycle, Dependency[] labels)
    {
        StringBuilder proof = new();
        for (int i = 0; i < labels.Length; i++)
        {
            proof.Append(CultureInfo.InvariantCulture, $"  T{i + 1} = {_set.Describe(cycle[i])}\n");
        }

        for (int i = 0; i < labels.Length; i++)
        {
            bool isLast = i == labels.Length - 1;
            string before = string.Create(CultureInfo.InvariantCulture, $"T{i + 1}");
            string after = string.Create(CultureInfo.InvariantCulture, $"T{(isLast ? 1 : i + 2)}");
            proof.Append(
                CultureInfo.InvariantCulture,
                $"  {(isLast ? "But " : "")}{before} < {after}, because ");
            proof.Append(Because(cycle[i], cycle[i + 1], labels[i], before, after));
            proof.Append(isLast ? ": a contradiction." : ".\n");
        }

        return proof.ToString();
    }

    private string Because(int before, int after, Dependency label, string beforeName, string afterName) => label switch
    {
        Dependency.Process => string.Create(
            CultureInfo.InvariantCulture,
            $"process {_set.Operations[before].Process} ran {beforeName} first"),
        Dependency.Realtime => string.Create(
            CultureInfo.InvariantCulture,
            $"{beforeName} had completed (#{_set.Index[before]}) before {afterName} began "
            + $"(#{_set.Operations[after].InvocationIndex})"),
        _ => _explain(before, after, label, beforeName, afterName),
    };
}
