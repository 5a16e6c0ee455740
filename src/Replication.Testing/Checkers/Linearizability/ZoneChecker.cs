using Replication.Testing.Histories;

namespace Replication.Testing.Checkers.Linearizability;

/// <summary>Checks registers whose writes all write other values, in O(n log n).</summary>
/// <remarks>
/// Gibbons and Korach, "Testing shared memories", 1997. The operations on a value form a cluster; its zone lies between
/// the first end and the last start among them. If all ended before another began, the value was in place throughout:
/// a forward zone. Else one moment within the zone is enough: a backward zone. Linearizable means that no
/// forward zones overlap and no backward zone lies within a forward one.
/// </remarks>
public static class ZoneChecker
{
    /// <summary>Checks the reads and writes of each key.</summary>
    /// <param name="history">The history; operations "read" and "write".</param>
    /// <param name="initial">The value that each key holds before the first operation.</param>
    /// <returns>The verdict; unknown if a value is written twice or there are other operations.</returns>
    public static Verdict Check(History history, HistoryValue initial = default)
    {
        ArgumentNullException.ThrowIfNull(history);
        List<Verdict> bad = [];
        int objects = 0;
        foreach ((HistoryValue key, List<Operation> operations) in Objects.Of(history, o => o.Key))
        {
            objects++;
            Verdict verdict = CheckObject(key, operations, initial);
            if (verdict.Validity != Validity.Valid)
            {
                bad.Add(verdict);
            }
        }

        return bad.Count > 0 ? Verdict.All(bad)
            : objects == 0 ? Verdict.Unknown("No operation took effect for certain: nothing was checked.")
            : Verdict.Valid($"Linearizable as registers, by the zones of their values. Objects: {objects}.");
    }

    internal static Verdict CheckObject(HistoryValue key, List<Operation> operations, HistoryValue initial)
    {
        Dictionary<HistoryValue, Cluster> clusters = new() { [initial] = new Cluster(initial, isInitial: true) };
        foreach (Operation operation in operations)
        {
            if (operation.F is not ("read" or "write"))
            {
                return Verdict.Unknown($"Object {key}: zones are for reads and writes; there is {operation}.");
            }

            HistoryValue value = operation.F == "read" ? operation.Result : operation.Argument;
            if (operation.F == "read" && operation.Outcome != HistoryEventType.Ok)
            {
                continue;
            }

            if (!clusters.TryGetValue(value, out Cluster? cluster))
            {
                clusters.Add(value, cluster = new Cluster(value, isInitial: false));
            }

            if (!cluster.TryAdd(operation))
            {
                return Verdict.Unknown($"Object {key}: value {value} is written twice; zones can't tell them apart.");
            }
        }

        string? problem = clusters.Values.Select(c => c.Problem).FirstOrDefault(p => p is not null)
            ?? ConflictOf([.. clusters.Values.Where(c => c.IsNeeded)]);
        return problem is null
            ? Verdict.Valid($"Object {key} is linearizable.")
            : Verdict.Invalid($"Not linearizable as a register: object {key}.\n{problem}");
    }

    private static string? ConflictOf(List<Cluster> clusters)
    {
        Cluster[] forward = [.. clusters.Where(c => c.IsForward).OrderBy(c => c.FirstEnd)];
        for (int i = 1; i < forward.Length; i++)
        {
            if (forward[i].FirstEnd < forward[i - 1].LastStart)
            {
                return $"Two values had to be in place at once:\n{forward[i - 1]}\n{forward[i]}";
            }
        }

        long[] begins = [.. forward.Select(c => c.FirstEnd)];
        foreach (Cluster cluster in clusters)
        {
            int at = Array.BinarySearch(begins, cluster.LastStart);
            int around = at < 0 ? ~at - 1 : at - 1;
            if (!cluster.IsForward && around >= 0 && cluster.FirstEnd < forward[around].LastStart)
            {
                return $"A value had to come and go while another was in place:\n{cluster}\n{forward[around]}";
            }
        }

        return null;
    }

    private sealed class Cluster(HistoryValue value, bool isInitial)
    {
        private Operation? _write;
        private Operation? _firstToEnd;
        private Operation? _lastToStart;
        private Operation? _firstReadToEnd;
        private bool _isObserved;

        public long FirstEnd { get; private set; } = isInitial ? long.MinValue : long.MaxValue;

        public long LastStart { get; private set; } = long.MinValue;

        public bool IsForward => FirstEnd < LastStart;

        /// <summary>Gets a value that indicates whether the value was in place for certain.</summary>
        public bool IsNeeded => _isObserved || _write?.Outcome == HistoryEventType.Ok;

        public string? Problem =>
            _isObserved && _write is null && !isInitial
                ? $"Nobody writes what is read: {_firstReadToEnd}"
                : _firstReadToEnd is not null && _write is not null
                    && _firstReadToEnd.CompletionIndex < _write.InvocationIndex
                    ? $"A value is read before it is written:\n{_firstReadToEnd}\n{_write}"
                    : null;

        public bool TryAdd(Operation operation)
        {
            if (operation.F == "write")
            {
                if (_write is not null || isInitial)
                {
                    return false;
                }

                _write = operation;
            }
            else
            {
                _isObserved = true;
                if (_firstReadToEnd is null || operation.CompletionIndex < _firstReadToEnd.CompletionIndex)
                {
                    _firstReadToEnd = operation;
                }
            }

            if (operation.CompletionIndex < FirstEnd)
            {
                FirstEnd = operation.CompletionIndex;
                _firstToEnd = operation;
            }

            if (operation.InvocationIndex > LastStart)
            {
                LastStart = operation.InvocationIndex;
                _lastToStart = operation;
            }

            return true;
        }

        public override string ToString() => IsForward
            ? $"  {value} from the end of {_firstToEnd?.ToString() ?? "nothing: it is the initial value"} "
                + $"to the start of {_lastToStart}"
            : $"  {value} at some moment from the start of {_lastToStart} to the end of {_firstToEnd}";
    }
}
