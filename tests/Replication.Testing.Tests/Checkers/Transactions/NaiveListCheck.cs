using Replication.Testing.Histories;

namespace Replication.Testing.Tests.Checkers.Transactions;

/// <summary>The naive check of list-append histories.</summary>
internal sealed class NaiveListCheck : NaiveCheck
{
    private readonly Dictionary<HistoryValue, HistoryValue[]> _orders = [];

    public NaiveListCheck(History history)
        : base(history, "append")
    {
        foreach (HistoryValue key in Transactions.SelectMany(t => t.Steps).Select(s => s.Key).Distinct().ToList())
        {
            HistoryValue[][] reads = [.. Possible.SelectMany(t => Lists(t, key)).DistinctBy(l => string.Join(',', l))];
            HistoryValue[][] longest = [.. reads.Where(r => r.Length == reads.Max(l => l.Length))];
            IsAmbiguous |= longest.Length > 1;
            Note("incompatible-order", reads.Any(a => reads.Any(b => !StartsWith(a, b) && !StartsWith(b, a))));
            _orders[key] = longest.Length > 0 ? [.. longest[0].Distinct()] : Single(key);
            NoteDirtyUpdate(key);
        }

        foreach (Transaction t in Committed)
        {
            NoteReads(t);
        }

        Note("duplicate-elements", Possible.Any(t => t.Steps.Where(s => !s.IsWrite).Select(List)
            .Any(l => l.Distinct().Count() < l.Length)));
        Note("lost-update", Committed.SelectMany(Updates).GroupBy(u => u).Any(g => g.Count() > 1));
    }

    protected override NaiveEdge[] Preference => [NaiveEdge.Ww, NaiveEdge.Wr, NaiveEdge.Rw];

    protected override void AddData(NaiveGraph graph)
    {
        foreach (Transaction a in Possible)
        {
            foreach (Transaction b in Possible.Where(b => b != a))
            {
                foreach (NaiveStep step in b.Steps)
                {
                    NaiveEdge edge = step.IsWrite ? WriteEdge(a, step) : ReadEdge(a, step);
                    if (edge != NaiveEdge.None)
                    {
                        graph.Add(Transactions.IndexOf(a), Transactions.IndexOf(b), edge);
                    }
                }
            }
        }
    }

    private static HistoryValue[] List(NaiveStep read) => read.Value.IsNull ? [] : read.Value.Items.ToArray();

    private static IEnumerable<HistoryValue[]> Lists(Transaction t, HistoryValue key) =>
        t.Steps.Where(s => !s.IsWrite && s.Key == key).Select(List).Where(l => l.Length > 0);

    private static bool StartsWith(HistoryValue[] list, HistoryValue[] start) => list.AsSpan().StartsWith(start);

    private static IEnumerable<string> Updates(Transaction t) => t.Steps
        .Where(s => !s.IsWrite && t.Steps.SkipWhile(x => !ReferenceEquals(x, s)).Any(w => w.IsWrite && w.Key == s.Key))
        .DistinctBy(s => s.Key)
        .Where(s => t.Steps.First(x => !x.IsWrite && x.Key == s.Key) == s)
        .Select(s => $"{s.Key}: {string.Join(',', List(s))}");

    private static NaiveEdge ReadEdge(Transaction a, NaiveStep read) =>
        List(read) is [.., HistoryValue last] && a.Writes(read.Key, last) ? NaiveEdge.Wr : NaiveEdge.None;

    private NaiveEdge WriteEdge(Transaction a, NaiveStep append)
    {
        HistoryValue[] order = _orders[append.Key];
        int place = Array.IndexOf(order, append.Value);
        HistoryValue? before = place < 0 ? order.LastOrDefault() : place > 0 ? order[place - 1] : HistoryValue.Null;
        bool isInitial = before is null || before.Value.IsNull;
        bool wrote = !isInitial && a.Writes(append.Key, before!.Value);
        bool read = a.Steps.Any(s => !s.IsWrite && s.Key == append.Key
            && (isInitial ? List(s).Length == 0 && a.Outcome == HistoryEventType.Ok
                : List(s) is [.., HistoryValue last] && last == before));
        return (wrote ? NaiveEdge.Ww : NaiveEdge.None) | (read ? NaiveEdge.Rw : NaiveEdge.None);
    }

    private HistoryValue[] Single(HistoryValue key)
    {
        HistoryValue[] appended =
            [.. Possible.SelectMany(t => t.Steps).Where(s => s.IsWrite && s.Key == key).Select(s => s.Value)];
        return appended.Length == 1 ? appended : [];
    }

    private void Note(string anomaly, bool isThere)
    {
        if (isThere)
        {
            Anomalies.Add(anomaly);
        }
    }

    private void NoteDirtyUpdate(HistoryValue key)
    {
        List<HistoryEventType> outcomes =
        [
            .. _orders[key].Select(v => Transactions.Find(t => t.Writes(key, v))?.Outcome)
                .Where(o => o is HistoryEventType.Ok or HistoryEventType.Fail).Select(o => o!.Value),
        ];
        Note("dirty-update", outcomes.Zip(outcomes.Skip(1))
            .Any(p => p is (HistoryEventType.Fail, HistoryEventType.Ok)));
    }

    private void NoteReads(Transaction t)
    {
        for (int s = 0; s < t.Steps.Count; s++)
        {
            NaiveStep read = t.Steps[s];
            if (read.IsWrite)
            {
                continue;
            }

            HistoryValue[] list = List(read);
            Note("G1a", list.Any(e => Transactions.Except(Possible).Any(w => w.Writes(read.Key, e))));
            Note("garbage-read", list.Any(e => !Transactions.Exists(w => w.Writes(read.Key, e))));
            Note("future-read", t.Steps.Skip(s).Any(w => w.IsWrite && w.Key == read.Key && list.Contains(w.Value)));
            Note("G1b", list.Length > 0 && Transactions.Exists(w => w != t && w.Writes(read.Key, list[^1])
                && w.Steps.FindLast(x => x.IsWrite && x.Key == read.Key)!.Value != list[^1]));
            Note("internal", !Agrees(t.Steps.Take(s).Where(x => x.Key == read.Key).ToList(), list));
        }
    }

    private static bool Agrees(List<NaiveStep> before, HistoryValue[] list)
    {
        int lastRead = before.FindLastIndex(x => !x.IsWrite);
        List<HistoryValue> own = [.. before.Skip(lastRead + 1).Select(x => x.Value)];
        return lastRead < 0
            ? list.AsSpan().EndsWith(own.ToArray())
            : list.SequenceEqual(List(before[lastRead]).Concat(own));
    }
}
