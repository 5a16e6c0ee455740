using Replication.Testing.Histories;

namespace Replication.Testing.Checkers.Sessions;

/// <summary>The versions of each key of a register history in their order, and who wrote them.</summary>
/// <remarks>
/// By the positions that the system tells for the writes; where it tells none, by the order of the writes, if no two
/// writes of the key overlap. Values are unique per key. Version 0 is the initial one.
/// </remarks>
internal sealed class KeyVersions
{
    /// <summary>The version of a value that no write may have left.</summary>
    public const int Invented = -1;

    private readonly Dictionary<(HistoryValue Key, HistoryValue Value), int> _versions = [];
    private readonly Dictionary<HistoryValue, List<Operation>> _writes = [];
    private readonly HistoryValue _initial;

    /// <summary>Orders the versions.</summary>
    /// <exception cref="FormatException">The order can't be told, or a value was written twice.</exception>
    public KeyVersions(History history, HistoryValue initial)
    {
        _initial = initial;
        HashSet<(HistoryValue, HistoryValue)> observed =
            [.. history.Operations.Where(IsRead).SelectMany(ReadsOf).Select(r => (r.Key, r.Value))];
        foreach (IGrouping<HistoryValue, Operation> group in history.Operations.Where(MayHaveWritten)
            .GroupBy(w => w.Key))
        {
            // A write of unknown outcome whose value nobody saw has no place, and needs none.
            List<Operation> writes =
            [
                .. group.Where(w => w.Outcome == HistoryEventType.Ok || observed.Contains((w.Key, Written(w)))),
            ];
            Sort(writes);
            for (int i = 0; i < writes.Count; i++)
            {
                if (!_versions.TryAdd((group.Key, Written(writes[i])), i + 1))
                {
                    throw new FormatException($"Key {group.Key} was written {Written(writes[i])} twice: the values "
                        + "written to a key must be unique.");
                }
            }

            _writes.Add(group.Key, writes);
        }
    }

    /// <summary>The keys that were written.</summary>
    public IReadOnlyCollection<HistoryValue> Keys => _writes.Keys;

    public static bool IsRead(Operation operation) =>
        operation.F == "read" && operation.Outcome == HistoryEventType.Ok;

    /// <summary>Whether an operation writes: a compare-and-set whose result is false was refused.</summary>
    public static bool IsWrite(Operation operation) =>
        operation.F == "write" || (operation.F == "cas" && operation.Result != HistoryValue.FromBoolean(false));

    /// <summary>What a write leaves: a compare-and-set is <c>[from, to]</c>.</summary>
    public static HistoryValue Written(Operation write) =>
        write.F == "cas" && write.Argument.IsList ? write.Argument.Items[^1] : write.Argument;

    /// <summary>What a read saw: one key, or without a key a list of <c>[key, value]</c>.</summary>
    public static IEnumerable<(HistoryValue Key, HistoryValue Value)> ReadsOf(Operation read)
    {
        if (!read.Key.IsNull || !read.Result.IsList)
        {
            return [(read.Key, read.Result)];
        }

        List<(HistoryValue, HistoryValue)> pairs = [];
        foreach (HistoryValue pair in read.Result.Items)
        {
            pairs.Add(pair.IsList && pair.Items is [HistoryValue key, HistoryValue value]
                ? (key, value)
                : throw new FormatException($"{read} has {pair} in its result, which is not [key, value]."));
        }

        return pairs;
    }

    /// <summary>The number of a version, or <see cref="Invented"/>.</summary>
    public int Of(HistoryValue key, HistoryValue value) =>
        value.IsNull || value == _initial ? 0 : _versions.GetValueOrDefault((key, value), Invented);

    /// <summary>The version that a write left, or <see cref="Invented"/> if nobody knows of one.</summary>
    public int Of(Operation write) => Of(write.Key, Written(write));

    /// <summary>The writes of a key in order; version 1 is the first.</summary>
    public IReadOnlyList<Operation> WritesOf(HistoryValue key) => _writes.GetValueOrDefault(key, []);

    private static bool MayHaveWritten(Operation operation) =>
        IsWrite(operation) && operation.Outcome != HistoryEventType.Fail;

    private static void Sort(List<Operation> writes)
    {
        if (writes.TrueForAll(w => w.Completion?.Position is not null))
        {
            writes.Sort((a, b) => a.Completion!.Position!.Value.CompareTo(b.Completion!.Position!.Value));
            for (int i = 1; i < writes.Count; i++)
            {
                if (writes[i].Completion!.Position == writes[i - 1].Completion!.Position)
                {
                    throw new FormatException($"Two writes of one key have the same position: {writes[i - 1]} and "
                        + $"{writes[i]}.");
                }
            }

            return;
        }

        for (int i = 1; i < writes.Count; i++)
        {
            if (writes[i].InvocationIndex < writes[i - 1].CompletionIndex)
            {
                throw new FormatException($"The order of these writes is not known: {writes[i - 1]} and {writes[i]}. "
                    + "Record the positions of all writes, or let no two writes of a key overlap.");
            }
        }
    }
}
