using Replication.Raft.Primitives;

namespace Replication.Raft.Messages;

/// <summary>A follower asks its leader for a read index (thesis §6.4).</summary>
public sealed record ReadIndexRequest : RaftMessage
{
    /// <summary>
    /// Gets the follower's number for the read: made by its core, not the driver's, and not used again after a
    /// restart.
    /// </summary>
    public required long ReadId { get; init; }
}

/// <summary>The answer to <see cref="ReadIndexRequest"/>.</summary>
public sealed record ReadIndexReply : RaftMessage
{
    /// <summary>Gets the number of the read.</summary>
    public required long ReadId { get; init; }

    /// <summary>Gets whether leadership was confirmed; if not, the receiver fails the read.</summary>
    public required bool Confirmed { get; init; }

    /// <summary>Gets the index that the reader must have applied before it answers.</summary>
    public LogIndex Index { get; init; }
}
