using Replication.Testing.Histories;

namespace Replication.Testing.Tests.Checkers.Transactions;

/// <summary>The naive check of register histories.</summary>
internal sealed class NaiveRegisterCheck : NaiveCheck
{
    public NaiveRegisterCheck(History history)
        : base(history, "w")
    {
        foreach (Transaction t in Committed)
        {
            for (int s = 0; s < t.Steps.Count; s++)
            {
                NaiveStep step = t.Steps[s];
                NaiveStep? before = t.Steps.Take(s).LastOrDefault(x => x.Key == step.Key);
                if (step.IsWrite)
                {
                    continue;
                }

                Note("internal", before is not null && before.Value != step.Value);
                if (!step.Value.IsNull)
                {
                    Note("garbage-read", !Transactions.Exists(w => w.Writes(step.Key, step.Value)));
                    Note("G1a", Transactions.Except(Possible).Any(w => w.Writes(step.Key, step.Value)));
                    Note("G1b", Transactions.Exists(w => w != t && w.Writes(step.Key, step.Value)
                        && w.Steps.FindLast(x => x.IsWrite && x.Key == step.Key)!.Value != step.Value));
                }
            }
        }

        Note("lost-update", Committed.SelectMany(Updates).GroupBy(u => u).Any(g => g.Count() > 1));
    }

    protected override NaiveEdge[] Preference => [NaiveEdge.Wr, NaiveEdge.Ww, NaiveEdge.Rw];

    protected override void AddData(NaiveGraph graph)
    {
        foreach (Transaction a in Committed)
        {
            foreach (Transaction b in Committed)
            {
                foreach (NaiveStep read in Reads(b).Where(r => Writes(a).Contains(r with { IsWrite = true })))
                {
                    graph.Add(Transactions.IndexOf(a), Transactions.IndexOf(b), NaiveEdge.Wr);
                }

                foreach (NaiveStep write in Writes(b))
                {
                    if (!Reads(a).Contains(new NaiveStep(false, write.Key, HistoryValue.Null)))
                    {
                        continue;
                    }

                    // On itself a transaction depends too, only no cycle comes of it.
                    if (a == b)
                    {
                        graph.NoteSelf();
                    }
                    else
                    {
                        graph.Add(Transactions.IndexOf(a), Transactions.IndexOf(b), NaiveEdge.Rw);
                    }
                }
            }
        }
    }

    private static IEnumerable<NaiveStep> Reads(Transaction t) =>
        t.Steps.Where((s, i) => !s.IsWrite && !t.Steps.Take(i).Any(x => x.Key == s.Key));

    private static IEnumerable<NaiveStep> Writes(Transaction t) =>
        t.Steps.Where((s, i) => s.IsWrite && !t.Steps.Skip(i + 1).Any(x => x.IsWrite && x.Key == s.Key));

    private static IEnumerable<string> Updates(Transaction t) => t.Steps
        .Where((s, i) => !s.IsWrite && !t.Steps.Take(i).Any(x => !x.IsWrite && x.Key == s.Key)
            && t.Steps.Skip(i).Any(w => w.IsWrite && w.Key == s.Key))
        .Select(s => $"{s.Key}: {s.Value}");

    private void Note(string anomaly, bool isThere)
    {
        if (isThere)
        {
            Anomalies.Add(anomaly);
        }
    }
}
