namespace Replication.Testing.Histories;

/// <summary>One line of a history: the beginning or the end of an operation, as its client saw it.</summary>
public sealed record HistoryEvent
{
    /// <summary>Gets the place of the event in the order in which events were observed.</summary>
    /// <value>Strictly rising in a history; it alone decides what came before what.</value>
    public long Index { get; init; }

    /// <summary>Gets what the event says.</summary>
    public required HistoryEventType Type { get; init; }

    /// <summary>Gets who acts: a whole number for a client, a text such as "nemesis" for anybody else.</summary>
    /// <value>Checkers look at clients only. A client has one operation under way at a time.</value>
    public required HistoryValue Process { get; init; }

    /// <summary>Gets the name of the operation, such as "read", "write", "cas", "append" or "txn".</summary>
    public required string F { get; init; }

    /// <summary>Gets the key that the operation concerns.</summary>
    /// <value>The default value is <see cref="HistoryValue.Null"/>: a history of one object.</value>
    public HistoryValue Key { get; init; }

    /// <summary>Gets the argument in an invocation, the result in a completion.</summary>
    public HistoryValue Value { get; init; }

    /// <summary>Gets when the event was observed.</summary>
    /// <value>Nanoseconds since the start of the history by one clock for all events, or null if unknown.</value>
    public long? Time { get; init; }

    /// <summary>Gets the node that was asked or that answered.</summary>
    public HistoryValue Node { get; init; }

    /// <summary>Gets the consistency level that was asked for.</summary>
    public string? Level { get; init; }

    /// <summary>Gets the session token that was sent, in an invocation, or received, in a completion.</summary>
    public HistoryValue Token { get; init; }

    /// <summary>Gets the position in the log at which the operation took effect, as the system tells it.</summary>
    public long? Position { get; init; }

    /// <summary>Gets why the operation failed or its outcome is unknown.</summary>
    public string? Error { get; init; }
}
