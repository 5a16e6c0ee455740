using System.Text;

namespace Replication.Testing.Checkers.Transactions;

/// <summary>Turns the anomalies of a history into a verdict on a consistency model.</summary>
internal sealed class Judgement
{
    private const string EmptyGraph = "empty-transaction-graph";

    private static readonly Dependency[] ListPreference =
        [Dependency.WriteWrite, Dependency.WriteRead, Dependency.ReadWrite];

    private static readonly Dependency[] RegisterPreference =
        [Dependency.WriteRead, Dependency.WriteWrite, Dependency.ReadWrite];

    private readonly TransactionCheckOptions _options;
    private readonly HashSet<string> _forbidden;

    public Judgement(TransactionCheckOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.SearchSteps, 1);
        if (!ModelLattice.IsModel(options.Consistency))
        {
            throw new ArgumentException(
                $"There is no consistency model \"{options.Consistency}\". There are: "
                + $"{string.Join(", ", ModelLattice.Names)}.",
                nameof(options));
        }

        _options = options;
        _forbidden = ModelLattice.AnomaliesForbiddenBy(options.Consistency);
    }

    /// <summary>Runs a check; a history that it can't read is unknown.</summary>
    public static TransactionVerdict Try(Func<TransactionVerdict> check)
    {
        try
        {
            return check();
        }
        catch (FormatException e)
        {
            return new TransactionVerdict(Verdict.Unknown(e.Message), [], []);
        }
    }

    public TransactionVerdict OfListAppend(TransactionSet set, Writers writers)
    {
        AnomalyReport report = new();
        ListAnomalies anomalies = new(set, writers, report);
        anomalies.FindInReads();
        anomalies.FindDirtyUpdates(ListVersions.FromReads(set, new ReadsByKey(set, true), null));
        LostUpdates.Find(set, report);
        ListVersions versions =
            ListVersions.FromReads(set, new ReadsByKey(set, false), report).WithSingleAppends();
        ListGraph list = new(set, writers, versions);
        DependencyGraph.Builder graph = new(set.Count);
        list.AddTo(graph);
        AddOrders(set, graph);
        FindCycles(set, graph, list.Explain, ListPreference, report);
        return Of(set, report);
    }

    public TransactionVerdict OfRegisters(TransactionSet set)
    {
        AnomalyReport report = new();
        Writers writers = new(set);
        new RegisterAnomalies(set, writers, report).Find();
        LostUpdates.Find(set, report);
        RegisterGraph registers = new(set, _options, report);
        DependencyGraph.Builder graph = new(set.Count);
        registers.AddTo(graph);
        AddOrders(set, graph);
        FindCycles(set, graph, registers.Explain, RegisterPreference, report);
        return Of(set, report);
    }

    private static void FindNothing(AnomalyReport report) =>
        report.Add(EmptyGraph, () => "No transaction depends on another: there was nothing to check.");

    private void AddOrders(TransactionSet set, DependencyGraph.Builder graph)
    {
        if (CyclePattern.All.Any(p => p.Required.HasFlag(Dependency.Realtime) && _forbidden.Contains(p.Name)))
        {
            OrderEdges.AddRealtime(set, graph);
        }
        else if (CyclePattern.All.Any(p => p.Required.HasFlag(Dependency.Process) && _forbidden.Contains(p.Name)))
        {
            OrderEdges.AddProcess(set, graph);
        }
    }

    private void FindCycles(
        TransactionSet set,
        DependencyGraph.Builder builder,
        CycleFinder.Explanation explain,
        Dependency[] preference,
        AnomalyReport report)
    {
        if (builder.IsEmpty)
        {
            FindNothing(report);
            return;
        }

        new CycleFinder(set, builder.Build(), explain, preference, _options.SearchSteps).AddTo(report);
    }

    private TransactionVerdict Of(TransactionSet set, AnomalyReport report)
    {
        bool isBad = report.Names.Any(_forbidden.Contains);
        bool isUndecided = report.Names.Contains(EmptyGraph) || (report.Names.Contains(CycleFinder.SearchExhausted)
            && !CycleExistence.Decides(_options.Consistency));
        string[] reported = Reported(report);
        if (!isBad && !isUndecided)
        {
            return new TransactionVerdict(
                Verdict.Valid($"No anomaly that {_options.Consistency} forbids in {set.Count} transactions."), [], []);
        }

        IReadOnlyList<string> excluded = ModelLattice.Weakest(ModelLattice.ModelsExcludedBy(report.Names));
        StringBuilder reason = new();
        reason.Append(isBad ? $"{_options.Consistency} is broken" : $"{_options.Consistency} is not decided");
        reason.Append(System.Globalization.CultureInfo.InvariantCulture, $": {string.Join(", ", reported)}.");
        if (excluded.Count > 0)
        {
            reason.Append(
                System.Globalization.CultureInfo.InvariantCulture,
                $"\nNot {string.Join(", ", excluded)}, nor any model that implies one of these.");
        }

        foreach (string name in reported)
        {
            reason.Append('\n').Append(report.Describe(name));
        }

        Verdict verdict = isBad ? Verdict.Invalid(reason.ToString()) : Verdict.Unknown(reason.ToString());
        return new TransactionVerdict(verdict, reported, excluded);
    }

    /// <summary>What the model forbids, without the bare existence of cycles where other anomalies say as
    /// much.</summary>
    private string[] Reported(AnomalyReport report)
    {
        string[] relevant =
        [
            .. report.Names.Where(n => _forbidden.Contains(n) || n is EmptyGraph or CycleFinder.SearchExhausted),
        ];
        HashSet<string> excluded =
            ModelLattice.ModelsExcludedBy(relevant.Where(n => !CycleExistence.IsCycleExists(n)));
        HashSet<string> said = [.. CycleExistence.Models.Where(excluded.Contains).Select(CycleExistence.AnomalyOf)];
        return Array.FindAll(relevant, n => !said.Contains(n));
    }
}
