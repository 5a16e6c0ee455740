using Replication.Raft.Primitives;

namespace Replication.Raft.Messages;

/// <summary>
/// A leader asserts its term and confirms reads. Carries no log position, so it may overtake AppendEntries on the
/// wire.
/// </summary>
/// <remarks>Thesis §3.4 (heartbeats) and §6.4 (the round that confirms leadership).</remarks>
public sealed record Heartbeat : RaftMessage
{
    /// <summary>The round of a heartbeat that only tells the commit index: a follower of its term doesn't answer
    /// it.</summary>
    public const long NoRound = 0;

    /// <summary>
    /// Gets the commit index cut to what this follower is known to hold: min(CommitIndex, MatchIndex).
    /// </summary>
    public required LogIndex CommitIndex { get; init; }

    /// <summary>Gets the number of the confirmation round, from 1 and rising within a term, or
    /// <see cref="NoRound"/>.</summary>
    public required long Round { get; init; }

    /// <inheritdoc cref="AppendEntries.CompactionFloor"/>
    public LogIndex CompactionFloor { get; init; }
}

/// <summary>The answer to <see cref="Heartbeat"/>.</summary>
public sealed record HeartbeatReply : RaftMessage
{
    /// <summary>Gets the round of the heartbeat that this answers; <see cref="Heartbeat.NoRound"/> if the heartbeat was
    /// of an older term than the answer.</summary>
    public required long Round { get; init; }
}
