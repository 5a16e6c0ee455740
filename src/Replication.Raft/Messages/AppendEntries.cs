using Replication.Raft.Primitives;

namespace Replication.Raft.Messages;

/// <summary>A leader replicates entries (paper fig. 2). Payloads travel beside it, carried by the driver.</summary>
/// <remarks>
/// The core that sends names a range only: <see cref="FirstIndex"/> = PrevLogId.Index + 1 to <see cref="LastIndex"/>;
/// an empty range (LastIndex = PrevLogId.Index) is a probe. The driver fills <see cref="Entries"/> from its log
/// before the message leaves. It may send fewer than named if <see cref="MayShorten"/> is set, and then says so
/// (EntriesSent).
/// </remarks>
public sealed record AppendEntries : RaftMessage
{
    /// <summary>Gets the identity of the entry before the first one sent.</summary>
    public required LogId PrevLogId { get; init; }

    /// <summary>Gets the last index of the range.</summary>
    public required LogIndex LastIndex { get; init; }

    /// <summary>Gets the leader's commit index.</summary>
    public required LogIndex CommitIndex { get; init; }

    /// <summary>
    /// Gets the lowest durable MatchIndex of all members as the leader knows it: nobody needs entries at or below it.
    /// </summary>
    public LogIndex CompactionFloor { get; init; }

    /// <summary>
    /// Gets whether the core doesn't know the sizes of these entries, so that the driver cuts at its byte budget.
    /// </summary>
    public bool MayShorten { get; init; }

    /// <summary>Gets the headers of the entries, filled by the driver; empty as the core makes it.</summary>
    public ReadOnlyMemory<EntryHeader> Entries { get; init; }

    /// <summary>Gets the index of the first entry of the range.</summary>
    public LogIndex FirstIndex => PrevLogId.Index.Next();
}

/// <summary>The answer to <see cref="AppendEntries"/>, sent once what it acknowledges is durable.</summary>
public sealed record AppendEntriesReply : RaftMessage
{
    /// <summary>Gets whether the log matched at PrevLogId.</summary>
    public required bool Success { get; init; }

    /// <summary>
    /// Gets, on success, the last index that is known to match the leader's log: PrevLogId.Index plus the entries
    /// received, never more.
    /// </summary>
    public LogIndex MatchIndex { get; init; }

    /// <summary>Gets, on refusal, the PrevLogId.Index that was refused.</summary>
    public LogIndex RejectedIndex { get; init; }

    /// <summary>
    /// Gets, on refusal, where the follower's log may match: the largest index whose term is at most the refused
    /// one's (fast back-off, thesis §3.5).
    /// </summary>
    public LogId Hint { get; init; }
}
