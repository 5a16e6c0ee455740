using Replication.Testing.Histories;
using Replication.Testing.Simulation.Workloads;

namespace Replication.Testing.Simulation.Subjects;

/// <summary>An operation on a user's state machine, as it stands in the history.</summary>
internal abstract class StateMachineRecord : OperationRecord
{
    public abstract string F { get; }

    public abstract HistoryValue HistoryKey { get; }

    public abstract HistoryValue Argument { get; }

    /// <summary>Gets or sets what the machine answered.</summary>
    public HistoryValue ResultValue { get; set; }
}

/// <summary>The operations of a run on a user's state machine as a history of the common format.</summary>
internal static class StateMachineHistory
{
    /// <summary>Gets the events in order.</summary>
    public static IReadOnlyList<HistoryEvent> EventsOf(IReadOnlyList<OperationRecord> records)
    {
        List<HistoryEvent> events = [];
        foreach (StateMachineRecord record in records.Cast<StateMachineRecord>())
        {
            HistoryEvent invocation = new()
            {
                Index = record.InvocationIndex,
                Type = HistoryEventType.Invoke,
                Process = record.Process,
                F = record.F,
                Key = record.HistoryKey,
                Value = record.Argument,
                Time = record.InvokedAt,
            };
            events.Add(invocation);
            if (record.CompletionIndex > 0)
            {
                events.Add(invocation with
                {
                    Index = record.CompletionIndex,
                    Type = record.Outcome,
                    Value = record.Outcome == HistoryEventType.Ok ? record.ResultValue : record.Argument,
                    Time = record.CompletedAt,
                    Node = record.Node,
                    Position = record.Version == 0 ? null : record.Version,
                });
            }
        }

        events.Sort(static (left, right) => left.Index.CompareTo(right.Index));
        return events;
    }
}
