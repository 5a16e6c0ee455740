namespace Replication.Testing.Simulation.Workloads;

/// <summary>The reads at the end of a run, of everything that its operations touched.</summary>
internal static class FinalReads
{
    /// <summary>Gets the reads, all of client 0.</summary>
    /// <param name="records">The operations so far.</param>
    /// <param name="config">The settings: of lists that followed each other only the last one is read.</param>
    public static IEnumerable<PlannedCall> Of(IReadOnlyList<OperationRecord> records, SimulationConfig config)
    {
        int lists = config.ListKeys * config.Groups;
        SortedSet<int> registers = [];
        SortedSet<int> counters = [];
        SortedDictionary<int, int> newest = [];
        foreach (OperationRecord record in records)
        {
            if (record.Kind is OperationKind.Increment or OperationKind.ReadCounter)
            {
                counters.Add(record.Key);
            }
            else if (record.IsOfRegister)
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

        foreach (int group in registers.Select(register => register % config.Groups).Distinct().Order())
        {
            yield return New(--number, OperationKind.Scan, group, [], registers.Count + 1);
        }

        foreach (int list in newest.Values)
        {
            yield return New(--number, OperationKind.Transaction, 0, [new ListStep(list, 0)]);
        }
    }

    private static PlannedCall New(
        long number, OperationKind kind, int key, IReadOnlyList<ListStep> steps, long value = 0) =>
        new(number, 0, 0, false, kind, key, value, 0, steps);
}
