namespace Replication.Testing.Simulation.Workloads;

/// <summary>The reads at the end of a run, of everything that its operations touched.</summary>
internal static class FinalReads
{
    /// <summary>Gets the reads, all of client 0.</summary>
    /// <param name="records">The operations so far.</param>
    /// <param name="lists">How many lists are in use at a time: of those that followed each other only the last one is
    /// read.</param>
    public static IEnumerable<PlannedCall> Of(IReadOnlyList<OperationRecord> records, int lists)
    {
        SortedSet<int> registers = [];
        SortedSet<int> counters = [];
        SortedDictionary<int, int> newest = [];
        foreach (OperationRecord record in records)
        {
            if (record.Kind is OperationKind.Increment or OperationKind.ReadCounter)
            {
                counters.Add(record.Key);
            }
            else if (record.Kind != OperationKind.Transaction)
            {
                registers.Add(record.Key);
            }

            foreach (ListStep step in record.Steps)
            {
                newest[step.Key % lists] = Math.Max(step.Key, newest.GetValueOrDefault(step.Key % lists));
            }
        }

        long number = 0;
        foreach (int counter in counters)
        {
            yield return New(--number, OperationKind.ReadCounter, counter, []);
        }

        foreach (int register in registers)
        {
            yield return New(--number, OperationKind.Read, register, []);
        }

        foreach (int list in newest.Values)
        {
            yield return New(--number, OperationKind.Transaction, 0, [new ListStep(list, 0)]);
        }
    }

    private static PlannedCall New(long number, OperationKind kind, int key, IReadOnlyList<ListStep> steps) =>
        new(number, 0, 0, false, kind, key, 0, 0, steps);
}
