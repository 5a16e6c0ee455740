using Replication.Testing.Histories;

namespace Replication.Testing.Simulation.Workloads;

/// <summary>Checks linearizability of registers with the versions that the store itself tells: the index of the entry
/// that
/// wrote what was read.</summary>
/// <remarks>Says more than a black box can where outcomes are unknown, and less where versions lie; so it stands beside
/// the checkers, not instead of them.</remarks>
internal static class VersionOrderCheck
{
    /// <summary>Checks.</summary>
    /// <returns>What is wrong; null if nothing is.</returns>
    public static string? Check(IReadOnlyList<OperationRecord> records)
    {
        Dictionary<(int Key, long Version), long> values = [];
        foreach (OperationRecord record in records)
        {
            if (IsRegister(record) && record.Outcome == HistoryEventType.Ok && record.IsWrite && record.Held)
            {
                values[(record.Key, record.Version)] = record.Value;
            }
        }

        // Each operation must not be before one that had completed when it began.
        RecordMoments moments = new(records, record => IsRegister(record) && record.Outcome == HistoryEventType.Ok);
        Dictionary<int, long> newest = [];
        long[] floors = new long[moments.Count];
        for (int place = 0; place < moments.Count; place++)
        {
            if (moments[place] is not { } record)
            {
                continue;
            }

            long seen = newest.GetValueOrDefault(record.Key);
            if (place == record.InvocationIndex)
            {
                floors[place] = seen;
                continue;
            }

            long floor = floors[record.InvocationIndex];
            if (record.Kind != OperationKind.ReadPrefix && record.Version < floor)
            {
                return $"{record.Kind} of register {record.Key} by process {record.Process} saw version "
                    + $"{record.Version}, though version {floor} was known before it began";
            }

            if (!record.IsWrite && values.TryGetValue((record.Key, record.Version), out long value)
                && value != record.Result)
            {
                return $"{record.Kind} of register {record.Key} by process {record.Process} saw {record.Result} "
                    + $"as version {record.Version}, but {value} was written there";
            }

            // The version of a condition that failed is that of its own entry, which wrote nothing.
            if (record.Kind != OperationKind.ReadPrefix && record.Held)
            {
                newest[record.Key] = Math.Max(seen, record.Version);
            }
        }

        return null;
    }

    private static bool IsRegister(OperationRecord record) => record.Kind is OperationKind.Read
        or OperationKind.ReadPrefix or OperationKind.Write or OperationKind.CompareAndSet;
}
