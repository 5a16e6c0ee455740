using Replication.Raft.Primitives;

namespace Replication.Raft.Messages;

/// <summary>A message between the cores of one group on two nodes.</summary>
public abstract record RaftMessage
{
    private protected RaftMessage()
    {
    }

    /// <summary>Gets the sender.</summary>
    public required NodeId From { get; init; }

    /// <summary>Gets the receiver.</summary>
    public required NodeId To { get; init; }

    /// <summary>Gets the sender's term; for a pre-vote request the term that it would stand in.</summary>
    public required Term Term { get; init; }
}
