using Replication.Testing.Histories;

namespace Replication.Testing.Simulation.Workloads;

/// <summary>The operations of a run as histories of the common format, one for each kind of object.</summary>
internal static class HistoryForms
{
    private static readonly HistoryValue Append = HistoryValue.FromText("append");
    private static readonly HistoryValue Read = HistoryValue.FromText("r");
    private static readonly HistoryValue CounterKey = HistoryValue.FromText("counter");

    // The names of the first registers are needed for every operation of every run.
    private static readonly HistoryValue[] RegisterKeys = [.. Enumerable.Range(0, 64).Select(RegisterKey)];

    /// <summary>Gets the linearizable operations on registers.</summary>
    public static History Registers(IReadOnlyList<OperationRecord> records) => Of(records, kind =>
        kind is OperationKind.Read or OperationKind.Write or OperationKind.CompareAndSet or OperationKind.Delete);

    /// <summary>Gets the transactions over lists.</summary>
    public static History Transactions(IReadOnlyList<OperationRecord> records) =>
        Of(records, kind => kind == OperationKind.Transaction);

    /// <summary>Gets the increments and reads of the counter.</summary>
    public static History Counter(IReadOnlyList<OperationRecord> records) =>
        Of(records, kind => kind is OperationKind.Increment or OperationKind.ReadCounter);

    /// <summary>Gets events in order, as they are written to a file.</summary>
    public static IEnumerable<HistoryEvent> Events(
        IReadOnlyList<OperationRecord> records, Func<OperationKind, bool> isWanted)
    {
        RecordMoments moments = new(records, record => isWanted(record.Kind));
        for (int place = 0; place < moments.Count; place++)
        {
            if (moments[place] is { } record)
            {
                yield return place == record.InvocationIndex ? Invocation(record) : Completion(record);
            }
        }
    }

    private static History Of(IReadOnlyList<OperationRecord> records, Func<OperationKind, bool> isWanted) =>
        History.FromEvents(Events(records, isWanted));

    private static HistoryEvent Invocation(OperationRecord record) => new()
    {
        Index = record.InvocationIndex,
        Type = HistoryEventType.Invoke,
        Process = record.Process,
        F = NameOf(record.Kind),
        Key = KeyOf(record),
        Value = Argument(record),
        Time = record.InvokedAt,
        Level = record.Kind == OperationKind.ReadPrefix ? "consistent-prefix" : null,
    };

    private static HistoryEvent Completion(OperationRecord record)
    {
        HistoryEventType type = record.Outcome;
        return new HistoryEvent
        {
            Index = record.CompletionIndex,
            Type = type,
            Process = record.Process,
            F = NameOf(record.Kind),
            Key = KeyOf(record),
            Value = type == HistoryEventType.Ok ? Result(record) : Argument(record),
            Time = record.CompletedAt,
            Node = record.Node,
            Position = record.Version == 0 ? null : record.Version,
        };
    }

    private static string NameOf(OperationKind kind) => kind switch
    {
        OperationKind.Write or OperationKind.Delete => "write",
        OperationKind.CompareAndSet => "cas",
        OperationKind.Transaction => "txn",
        OperationKind.Increment => "increment",
        _ => "read",
    };

    private static HistoryValue KeyOf(OperationRecord record) => record.Kind switch
    {
        OperationKind.Transaction => HistoryValue.Null,
        OperationKind.Increment or OperationKind.ReadCounter => record.Key == 0 ? CounterKey
            : HistoryValue.FromText(KeyValueForms.CounterName(record.Key)),
        _ => record.Key < RegisterKeys.Length ? RegisterKeys[record.Key] : RegisterKey(record.Key),
    };

    private static HistoryValue RegisterKey(int key) => HistoryValue.FromText(KeyValueForms.RegisterName(key));

    private static HistoryValue Argument(OperationRecord record) => record.Kind switch
    {
        OperationKind.Write => record.Value,
        OperationKind.Delete => HistoryValue.Null,
        OperationKind.CompareAndSet => HistoryValue.FromList(Register(record.Expected), record.Value),
        OperationKind.Increment => 1,
        OperationKind.Transaction => Steps(record, hasSeen: false),
        _ => HistoryValue.Null,
    };

    private static HistoryValue Result(OperationRecord record) => record.Kind switch
    {
        OperationKind.Read or OperationKind.ReadPrefix => Register(record.Result),
        OperationKind.ReadCounter => record.Result,
        OperationKind.CompareAndSet when !record.Held => HistoryValue.FromBoolean(false),
        OperationKind.Transaction => Steps(record, hasSeen: true),
        _ => Argument(record),
    };

    private static HistoryValue Register(long value) => value == 0 ? HistoryValue.Null : value;

    private static HistoryValue Steps(OperationRecord record, bool hasSeen)
    {
        HistoryValue[] steps = new HistoryValue[record.Steps.Count];
        for (int i = 0; i < steps.Length; i++)
        {
            ListStep step = record.Steps[i];
            steps[i] = step.IsAppend
                ? HistoryValue.FromList(Append, step.Key, step.Element)
                : HistoryValue.FromList(Read, step.Key,
                    hasSeen ? Seen(record.Seen[i]) : HistoryValue.Null);
        }

        return HistoryValue.FromList(steps);
    }

    private static HistoryValue Seen(IReadOnlyList<int>? elements)
    {
        HistoryValue[] values = new HistoryValue[elements?.Count ?? 0];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = elements![i];
        }

        return HistoryValue.FromList(values);
    }
}
