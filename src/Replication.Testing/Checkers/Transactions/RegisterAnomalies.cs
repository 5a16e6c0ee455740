namespace Replication.Testing.Checkers.Transactions;

/// <summary>The anomalies of register histories that need no cycle.</summary>
internal sealed class RegisterAnomalies(TransactionSet set, Writers writers, AnomalyReport report)
{
    public void Find()
    {
        for (int i = 0; i < set.Count; i++)
        {
            if (set.IsOk(i))
            {
                FindInReads(i);
                FindInternal(i);
            }
        }
    }

    private void FindInReads(int transaction)
    {
        foreach (Step step in set.StepsOf(transaction))
        {
            if (step.IsWrite || step.Value == Step.Nothing)
            {
                continue;
            }

            string read = $"{set.DescribeElement(step.Value)} of key {set.DescribeKey(step.Key)}";
            if (writers.Of(step.Value) == Writers.None)
            {
                report.Add("garbage-read", () => $"{set.Describe(transaction)} read {read}, which nobody wrote.");
            }

            Report("G1a", transaction, writers.FailedOf(step.Value), $"{read}, which a failed one wrote");
            int writer = writers.IntermediateOf(step.Value);
            Report(
                "G1b",
                transaction,
                writer == transaction ? Writers.None : writer,
                $"{read}, which is not the last that its writer wrote there");
        }
    }

    private void Report(string name, int reader, int writer, string what)
    {
        if (writer != Writers.None)
        {
            report.Add(
                name,
                () => $"A transaction read {what}.\n  reader: {set.Describe(reader)}\n  writer: {set.Describe(writer)}");
        }
    }

    /// <summary>A read must see what the transaction itself read or wrote last.</summary>
    private void FindInternal(int transaction)
    {
        ReadOnlySpan<Step> steps = set.StepsOf(transaction);
        for (int s = 1; s < steps.Length; s++)
        {
            if (!steps[s].IsWrite && !IsExpected(steps, s))
            {
                Step read = steps[s];
                string value = read.Value == Step.Nothing ? "never written" : set.DescribeElement(read.Value);
                report.Add(
                    "internal",
                    () => $"{set.Describe(transaction)} read key {set.DescribeKey(read.Key)} as {value}, against its own "
                        + "steps before.");
                return;
            }
        }
    }

    private static bool IsExpected(ReadOnlySpan<Step> steps, int s)
    {
        for (int earlier = s - 1; earlier >= 0; earlier--)
        {
            if (steps[earlier].Key == steps[s].Key)
            {
                return steps[earlier].Value == steps[s].Value;
            }
        }

        return true;
    }
}
