using Replication.Testing.Histories;

namespace Replication.Testing.Checkers.Logs;

/// <summary>Checks one log.</summary>
internal sealed class LogWalk
{
    private const int ViolationsMax = 5;

    private readonly HistoryValue _log;
    private readonly List<Operation> _operations;
    private readonly SortedDictionary<long, Entry> _entries = [];
    private readonly Dictionary<HistoryValue, Operation> _appends = [];
    private readonly Dictionary<HistoryValue, long> _positions = [];
    private readonly List<string> _violations = [];

    public LogWalk(HistoryValue log, List<Operation> operations)
    {
        _log = log;
        _operations = operations;
    }

    public Verdict Check()
    {
        foreach (Operation append in _operations.Where(o => o.F == "append"))
        {
            if (!_appends.TryAdd(append.Argument, append))
            {
                throw new FormatException($"{append.Argument} was appended twice to log {_log}: values must be unique.");
            }
        }

        foreach (Operation append in Succeeded("append"))
        {
            Place(PositionOf(append), append.Argument, append, false);
        }

        Dictionary<long, (long Last, Operation Poll)> last = [];
        foreach (Operation operation in _operations.Where(o => o.Outcome == HistoryEventType.Ok))
        {
            if (operation.F == "poll")
            {
                CheckPoll(operation, last);
            }
            else if (operation.F is "seek" or "assign")
            {
                last.Remove(operation.Process);
            }
        }

        CheckLost();
        CheckProducers();
        int read = _entries.Values.Count(e => e.IsRead);
        return _violations.Count > 0
            ? Verdict.Invalid($"Log {_log} is broken.\n{string.Join('\n', _violations.Take(ViolationsMax))}")
            : read == 0 || _appends.Count == 0
                ? Verdict.Unknown($"Log {_log}: {_appends.Count} appends, {read} entries read: nothing to compare.")
                : Verdict.Valid($"Log {_log} holds together: {_appends.Count} appends, {read} entries read.");
    }

    private static long PositionOf(Operation append) => append.Completion!.Position
        ?? (append.Result.IsNumber ? append.Result.Number
            : throw new FormatException($"{append} has no position."));

    private IEnumerable<Operation> Succeeded(string f) =>
        _operations.Where(o => o.F == f && o.Outcome == HistoryEventType.Ok);

    private void Place(long position, HistoryValue value, Operation operation, bool isRead)
    {
        if (!_entries.TryGetValue(position, out Entry? entry))
        {
            _entries[position] = entry = new Entry(value, operation);
        }
        else if (entry.Value != value)
        {
            _violations.Add($"Position {position} holds {entry.Value} by one operation and {value} by another:\n"
                + $"  {entry.Source}\n  {operation}");
            return;
        }

        entry.IsRead |= isRead;
        if (!_positions.TryAdd(value, position) && _positions[value] != position)
        {
            _violations.Add($"{value} stands at {_positions[value]} and again at {position}:\n"
                + $"  {_entries[_positions[value]].Source}\n  {operation}");
        }
    }

    private void CheckPoll(Operation poll, Dictionary<long, (long Last, Operation Poll)> last)
    {
        if (!poll.Result.IsList)
        {
            throw new FormatException($"{poll} has no list of [position, value] as its result.");
        }

        foreach (HistoryValue item in poll.Result.Items)
        {
            if (!item.IsList || item.Items is not [{ IsNumber: true } position, HistoryValue value])
            {
                throw new FormatException($"{poll} has {item} in its result, which is not [position, value].");
            }

            CheckSource(poll, value);
            Place(position.Number, value, poll, true);
            if (last.TryGetValue(poll.Process, out (long Last, Operation Poll) before)
                && position.Number != before.Last + 1)
            {
                string what = position.Number <= before.Last ? "goes back" : "leaves a gap";
                _violations.Add($"Process {poll.Process} {what}: after {before.Last} it read {position.Number}.\n"
                    + $"  {before.Poll}\n  {poll}");
            }

            last[poll.Process] = (position.Number, poll);
        }
    }

    private void CheckSource(Operation poll, HistoryValue value)
    {
        if (!_appends.TryGetValue(value, out Operation? append))
        {
            _violations.Add($"{poll} read {value}, which nobody appended.");
        }
        else if (append.Outcome == HistoryEventType.Fail)
        {
            _violations.Add($"{poll} read {value}, of an append that failed:\n  {append}");
        }
        else if (poll.CompletionIndex < append.InvocationIndex)
        {
            _violations.Add($"{poll} read {value} before its append began:\n  {append}");
        }
    }

    private void CheckLost()
    {
        List<long> read = [.. _entries.Where(e => e.Value.IsRead).Select(e => e.Key)];
        if (read.Count == 0)
        {
            return;
        }

        foreach ((long position, Entry entry) in _entries)
        {
            if (!entry.IsRead && position > read[0] && position < read[^1])
            {
                _violations.Add($"The append at {position} was acknowledged, but nobody who read on to {read[^1]} saw "
                    + $"it:\n  {entry.Source}");
            }
        }
    }

    private void CheckProducers()
    {
        foreach (IGrouping<long, Operation> producer in _operations.Where(o => o.F == "append")
            .GroupBy(o => o.Process))
        {
            Operation? before = null;
            foreach (Operation append in producer.Where(a => _positions.ContainsKey(a.Argument)))
            {
                if (before is not null && _positions[append.Argument] < _positions[before.Argument])
                {
                    _violations.Add($"Process {producer.Key} appended these in this order, but they stand at "
                        + $"{_positions[before.Argument]} and {_positions[append.Argument]}:\n  {before}\n  {append}");
                }

                before = append;
            }
        }
    }

    private sealed class Entry(HistoryValue value, Operation source)
    {
        public HistoryValue Value { get; } = value;

        public Operation Source { get; } = source;

        public bool IsRead { get; set; }
    }
}
