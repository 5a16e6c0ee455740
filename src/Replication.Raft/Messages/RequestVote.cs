using Replication.Raft.Primitives;

namespace Replication.Raft.Messages;

/// <summary>
/// A candidate asks for a vote (paper fig. 2), or a pre-candidate whether it would get one (thesis §9.6).
/// </summary>
public sealed record RequestVote : RaftMessage
{
    /// <summary>Gets the end of the candidate's log.</summary>
    public required LogId LastLogId { get; init; }

    /// <summary>Gets whether this only asks; a pre-vote changes no state at the receiver.</summary>
    public bool IsPreVote { get; init; }

    /// <summary>
    /// Gets whether the leader itself asked for this election (TimeoutNow): the receiver then votes although it hears
    /// a leader (thesis §4.2.3, §3.10).
    /// </summary>
    public bool IsLeadershipTransfer { get; init; }
}

/// <summary>The answer to <see cref="RequestVote"/>.</summary>
public sealed record RequestVoteReply : RaftMessage
{
    /// <summary>Gets whether the vote was given.</summary>
    public required bool Granted { get; init; }

    /// <summary>
    /// Gets whether this answers a pre-vote; <see cref="RaftMessage.Term"/> then echoes the asked term if granted.
    /// </summary>
    public bool IsPreVote { get; init; }
}
