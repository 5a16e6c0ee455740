using Replication.Testing.Histories;

namespace Replication.Testing.Checkers.Transactions;

/// <summary>The anomalies of list-append histories that need no cycle.</summary>
internal sealed class ListAnomalies(TransactionSet set, Writers writers, AnomalyReport report)
{
    private readonly HashSet<int> _seen = [];

    /// <summary>Looks at what each transaction read.</summary>
    public void FindInReads()
    {
        for (int i = 0; i < set.Count; i++)
        {
            if (!set.IsPossible(i))
            {
                continue;
            }

            foreach (Step step in set.StepsOf(i))
            {
                if (!step.IsWrite && step.Length > 0)
                {
                    FindDuplicates(i, step);
                    if (set.IsOk(i))
                    {
                        FindForeignElements(i, step);
                        FindIntermediate(i, step);
                    }
                }
            }

            if (set.IsOk(i))
            {
                FindInternal(i);
                FindFutureReads(i);
            }
        }
    }

    /// <summary>Looks for versions of failed transactions on which later ones built.</summary>
    /// <param name="versions">The orders that all reads show, those of failed transactions included.</param>
    public void FindDirtyUpdates(ListVersions versions)
    {
        for (int key = 0; key < set.Keys.Length; key++)
        {
            int failed = Writers.None;
            foreach (int element in versions.Order(key))
            {
                int writer = writers.Of(element);
                if (writer == Writers.None)
                {
                    continue;
                }

                if (set.Outcome[writer] == HistoryEventType.Fail)
                {
                    failed = failed == Writers.None ? writer : failed;
                }
                else if (set.IsOk(writer))
                {
                    if (failed != Writers.None)
                    {
                        AddDirtyUpdate(key, failed, writer);
                    }

                    failed = Writers.None;
                }
            }
        }
    }

    private void AddDirtyUpdate(int key, int failed, int writer) => report.Add(
        "dirty-update",
        () => $"Key {set.DescribeKey(key)} holds what a failed transaction appended, and below it what a committed one "
            + $"did.\n  failed:    {set.Describe(failed)}\n  committed: {set.Describe(writer)}");

    private void FindDuplicates(int transaction, Step read)
    {
        ReadOnlySpan<int> list = set.ListOf(read);
        _seen.Clear();
        foreach (int element in list)
        {
            if (!_seen.Add(element))
            {
                report.Add(
                    "duplicate-elements",
                    () => $"{set.Describe(transaction)} read {set.DescribeElement(element)} twice in key "
                        + $"{set.DescribeKey(read.Key)}.");
                return;
            }
        }
    }

    private void FindForeignElements(int transaction, Step read)
    {
        foreach (int element in set.ListOf(read))
        {
            int failed = writers.FailedOf(element);
            if (failed != Writers.None)
            {
                report.Add(
                    "G1a",
                    () => $"A transaction read {set.DescribeElement(element)} of key {set.DescribeKey(read.Key)}, which "
                        + $"a failed one appended.\n  reader: {set.Describe(transaction)}\n"
                        + $"  failed: {set.Describe(failed)}");
            }
            else if (writers.PossibleOf(element) == Writers.None)
            {
                report.Add(
                    "garbage-read",
                    () => $"{set.Describe(transaction)} read {set.DescribeElement(element)} of key "
                        + $"{set.DescribeKey(read.Key)}, which nobody appended.");
            }
        }
    }

    private void FindIntermediate(int transaction, Step read)
    {
        int last = set.ListOf(read)[^1];
        int writer = writers.IntermediateOf(last);
        if (writer != Writers.None && writer != transaction)
        {
            report.Add(
                "G1b",
                () => $"A transaction read key {set.DescribeKey(read.Key)} up to {set.DescribeElement(last)}, which is not "
                    + $"the last that its writer appended.\n  reader: {set.Describe(transaction)}\n"
                    + $"  writer: {set.Describe(writer)}");
        }
    }

    /// <summary>A read must end in what the transaction itself read and appended before it.</summary>
    private void FindInternal(int transaction)
    {
        ReadOnlySpan<Step> steps = set.StepsOf(transaction);
        for (int s = 1; s < steps.Length; s++)
        {
            if (!steps[s].IsWrite && !IsExpected(steps, s))
            {
                Step read = steps[s];
                string list = set.DescribeList(set.ListOf(read));
                report.Add(
                    "internal",
                    () => $"{set.Describe(transaction)} read key {set.DescribeKey(read.Key)} as {list}, against its own "
                        + "steps before.");
                return;
            }
        }
    }

    private bool IsExpected(ReadOnlySpan<Step> steps, int s)
    {
        ReadOnlySpan<int> rest = set.ListOf(steps[s]);
        for (int earlier = s - 1; earlier >= 0; earlier--)
        {
            Step step = steps[earlier];
            if (step.Key != steps[s].Key)
            {
                continue;
            }

            if (!step.IsWrite)
            {
                return rest.SequenceEqual(set.ListOf(step));
            }

            if (rest.IsEmpty || rest[^1] != step.Value)
            {
                return false;
            }

            rest = rest[..^1];
        }

        return true;
    }

    private void FindFutureReads(int transaction)
    {
        ReadOnlySpan<Step> steps = set.StepsOf(transaction);
        for (int s = 1; s < steps.Length; s++)
        {
            if (!steps[s].IsWrite)
            {
                continue;
            }

            for (int earlier = 0; earlier < s; earlier++)
            {
                Step read = steps[earlier];
                if (!read.IsWrite && read.Key == steps[s].Key && set.ListOf(read).Contains(steps[s].Value))
                {
                    int element = steps[s].Value;
                    report.Add(
                        "future-read",
                        () => $"{set.Describe(transaction)} read {set.DescribeElement(element)} of key "
                            + $"{set.DescribeKey(read.Key)} before it appended it.");
                    return;
                }
            }
        }
    }
}
