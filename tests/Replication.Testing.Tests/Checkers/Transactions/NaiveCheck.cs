using Replication.Testing.Histories;

namespace Replication.Testing.Tests.Checkers.Transactions;

/// <summary>What a history of transactions shows, by the definitions word for word and without regard to cost.</summary>
internal abstract class NaiveCheck
{
    private static readonly NaiveEdge[] OrderKinds = [NaiveEdge.None, NaiveEdge.Process, NaiveEdge.Realtime];

    protected NaiveCheck(History history, string write)
    {
        Transactions = [.. history.Operations.Select(o => new Transaction(o, write))];
        Committed = [.. Transactions.Where(t => t.Outcome == HistoryEventType.Ok)];
        Possible = [.. Transactions.Where(t => t.Outcome != HistoryEventType.Fail)];
    }

    /// <summary>Gets a value that indicates whether cycles depend on which of two contradicting orders counts.</summary>
    public bool IsAmbiguous { get; protected set; }

    /// <summary>Gets the anomalies that need no cycle.</summary>
    public HashSet<string> Anomalies { get; } = [];

    protected List<Transaction> Transactions { get; }

    protected List<Transaction> Committed { get; }

    protected List<Transaction> Possible { get; }

    /// <summary>True, false, or null where nothing depends on anything.</summary>
    public bool? Keeps(string model)
    {
        NaiveEdge order = Order(model);
        NaiveGraph graph = Graph(order);
        (NaiveEdge kinds, bool hops, string[] forbidden) = Rules(model);
        return Anomalies.Overlaps(forbidden) || graph.HasCycle(kinds | order, hops) ? false
            : graph.IsEmpty ? null
            : true;
    }

    /// <summary>The names of all cycles that there are.</summary>
    public HashSet<string> CycleNames(string model) => Graph(Order(model)).Names((NaiveEdge)31);

    protected abstract NaiveEdge[] Preference { get; }

    protected abstract void AddData(NaiveGraph graph);

    private static NaiveEdge Order(string model) =>
        OrderKinds[model.StartsWith("strict", StringComparison.Ordinal) ? 2
            : model.StartsWith("strong-session", StringComparison.Ordinal) ? 1
            : 0];

    private static (NaiveEdge Kinds, bool Hops, string[] Forbidden) Rules(string model)
    {
        string[] uncommitted = ["duplicate-elements", "garbage-read", "cyclic-versions"];
        string[] committed = [.. uncommitted, "G1a", "G1b", "incompatible-order", "dirty-update", "future-read"];
        string[] all = [.. committed, "lost-update", "internal"];
        const NaiveEdge Reads = NaiveEdge.Ww | NaiveEdge.Wr;
        return model switch
        {
            "read-uncommitted" => (NaiveEdge.Ww, false, uncommitted),
            "read-committed" => (Reads, false, committed),
            "repeatable-read" => (Reads | NaiveEdge.Rw, false, [.. committed, "lost-update"]),
            "snapshot-isolation" or "strong-session-snapshot-isolation" => (Reads, true, all),
            _ => (Reads | NaiveEdge.Rw, false, all),
        };
    }

    private NaiveGraph Graph(NaiveEdge order)
    {
        NaiveGraph graph = new(Transactions.Count, [.. Preference, NaiveEdge.Process, NaiveEdge.Realtime]);
        AddData(graph);
        foreach (Transaction a in Committed)
        {
            foreach (Transaction b in Transactions)
            {
                if (order == NaiveEdge.Process && a.Process == b.Process && a.Completion < b.Invocation
                    && b.Outcome == HistoryEventType.Ok)
                {
                    graph.Add(Transactions.IndexOf(a), Transactions.IndexOf(b), NaiveEdge.Process);
                }

                if (order == NaiveEdge.Realtime && a.Completion < b.Invocation)
                {
                    graph.Add(Transactions.IndexOf(a), Transactions.IndexOf(b), NaiveEdge.Realtime);
                }
            }
        }

        return graph;
    }

    internal sealed record NaiveStep(bool IsWrite, HistoryValue Key, HistoryValue Value);

    internal sealed class Transaction(Operation operation, string write)
    {
        public long Process { get; } = operation.Process;

        public long Invocation { get; } = operation.InvocationIndex;

        public long Completion { get; } = operation.CompletionIndex;

        public HistoryEventType Outcome { get; } = operation.Outcome;

        public List<NaiveStep> Steps { get; } =
        [
            .. operation.Result.Items.ToArray().Select(
                s => new NaiveStep(s.Items[0].Text == write, s.Items[1], s.Items[2])),
        ];

        public bool Writes(HistoryValue key, HistoryValue value) => Steps.Contains(new NaiveStep(true, key, value));
    }
}
