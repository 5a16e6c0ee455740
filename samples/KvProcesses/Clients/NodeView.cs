namespace KvProcesses.Clients;

/// <summary>What a node says of itself in a group.</summary>
public sealed record NodeView
{
    /// <summary>Gets the node.</summary>
    public required int NodeId { get; init; }

    /// <summary>Gets whether it leads.</summary>
    public required bool IsLeader { get; init; }

    /// <summary>Gets the leader as far as it knows; 0 if it knows none.</summary>
    public required int Leader { get; init; }

    /// <summary>Gets its term.</summary>
    public required long Term { get; init; }

    /// <summary>Gets the index up to which it knows entries to be committed.</summary>
    public required long CommitIndex { get; init; }

    /// <summary>Gets the index of the last applied entry.</summary>
    public required long AppliedIndex { get; init; }

    /// <summary>Gets the index of the last entry in its log.</summary>
    public required long LastIndex { get; init; }

    /// <summary>Gets the bytes of payload in its retained log.</summary>
    public required long LogBytes { get; init; }

    /// <summary>Gets why it stopped serving; empty while it is well.</summary>
    public required string Fault { get; init; }
}
