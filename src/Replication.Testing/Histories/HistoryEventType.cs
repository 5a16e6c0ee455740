namespace Replication.Testing.Histories;

/// <summary>What an event says about an operation. Jepsen's four words.</summary>
public enum HistoryEventType
{
    /// <summary>The client began the operation.</summary>
    Invoke,

    /// <summary>The operation took effect, once, between its invocation and this event.</summary>
    Ok,

    /// <summary>The operation took no effect and never will.</summary>
    Fail,

    /// <summary>Nobody knows: it took effect after its invocation, will do so later, or never.</summary>
    Info,
}
