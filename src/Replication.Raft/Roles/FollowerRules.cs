using Replication.Raft.Invariants;
using Replication.Raft.Messages;
using Replication.Raft.Primitives;

namespace Replication.Raft.Roles;

/// <summary>How a node follows the leader of its term (paper fig. 2 AppendEntries; thesis §6.4 reads).</summary>
internal sealed class FollowerRules(RaftState state, CandidateRules candidate)
{
    /// <summary>Takes entries over, or refuses them.</summary>
    /// <param name="message">A message of the current term.</param>
    public void OnAppendEntries(AppendEntries message)
    {
        Hear(message.From);
        if (!Matches(message.PrevLogId))
        {
            Refuse(message);
            return;
        }

        LogIndex match = message.PrevLogId.Index + message.Entries.Length;
        TakeOver(message);
        state.CommitTo(LogIndex.Min(message.CommitIndex, match));
        state.RaiseFloor(message.CompactionFloor);

        // The leader counts this node's disk by this answer, so everything up to the match must be durable first.
        state.Outbox.SendAfterPersist(new AppendEntriesReply
        {
            From = state.Self,
            To = message.From,
            Term = state.CurrentTerm,
            Success = true,
            MatchIndex = match,
        });
    }

    /// <summary>Notes the leader's sign of life.</summary>
    /// <param name="message">A message of the current term.</param>
    public void OnHeartbeat(Heartbeat message)
    {
        Hear(message.From);

        // The leader cut its commit index to what this node acknowledged: it is within the log.
        state.CommitTo(message.CommitIndex);
        state.RaiseFloor(message.CompactionFloor);
        if (message.Round == Heartbeat.NoRound)
        {
            return;
        }

        state.Outbox.Send(new HeartbeatReply
        {
            From = state.Self,
            To = message.From,
            Term = state.CurrentTerm,
            Round = message.Round,
        });
    }

    /// <summary>
    /// Stands for election at the leader's request, without asking first: the leader itself gives way.
    /// </summary>
    /// <param name="message">A message of the current term.</param>
    public void OnTimeoutNow(TimeoutNow message)
    {
        if (state.Role == RaftRole.Follower && (state.Leader == message.From || state.Leader.IsNone))
        {
            candidate.StartElection(isLeadershipTransfer: true);
        }
    }

    /// <summary>Asks the leader for a read index, or fails the read if none is known.</summary>
    /// <param name="readId">The driver's number.</param>
    public void OnReadRequested(long readId)
    {
        Instant deadline = state.Now + state.Config.ElectionTimeoutMax;
        if (state.Leader.IsNone || state.Forwarded.TryAdd(readId, deadline) is not { } wireId)
        {
            state.AnswerOwnRead(readId, isConfirmed: false, LogIndex.Zero);
            return;
        }

        state.Outbox.Send(new ReadIndexRequest
        {
            From = state.Self,
            To = state.Leader,
            Term = state.CurrentTerm,
            ReadId = wireId,
        });
    }

    /// <summary>Passes a leader's answer on to the reader that waits for it.</summary>
    /// <param name="message">A message of the current term.</param>
    public void OnReadIndexReply(ReadIndexReply message)
    {
        if (state.Forwarded.TryTake(message.ReadId) is { } readId)
        {
            state.AnswerOwnRead(readId, message.Confirmed, message.Confirmed ? message.Index : LogIndex.Zero);
        }
    }

    private void Hear(NodeId from)
    {
        Invariant.Check(state.Role != RaftRole.Leader, "Election Safety: at most one leader in a term (paper §5.2)");
        state.BecomeFollower(from);
        state.Clock.LeaderHeard(state.Now);
    }

    private bool Matches(LogId previous)
    {
        if (previous.Index < state.Log.Base.Index)
        {
            // What was compacted is committed, and every later leader holds it (Leader Completeness).
            return true;
        }

        bool isEqual = previous.Index <= state.Log.LastIndex && state.Log.TermAt(previous.Index) == previous.Term;
        Invariant.Check(
            isEqual || previous.Index > state.CommitIndex,
            "Leader Completeness: a leader's log agrees with what is committed here (paper §5.4)");
        return isEqual;
    }

    private void Refuse(AppendEntries message) => state.Outbox.Send(new AppendEntriesReply
    {
        From = state.Self,
        To = message.From,
        Term = state.CurrentTerm,
        Success = false,
        RejectedIndex = message.PrevLogId.Index,
        Hint = state.Log.LastAtMost(message.PrevLogId.Index, message.PrevLogId.Term),
    });

    // Paper fig. 2, rules 3 and 4: entries that are already here stay; only a real conflict removes anything, since a
    // late message may hold less than what was acknowledged meanwhile.
    private void TakeOver(AppendEntries message)
    {
        ReadOnlySpan<EntryHeader> entries = message.Entries.Span;
        LogIndex index = message.FirstIndex;
        int at = 0;
        while (at < entries.Length && IsHere(index, entries[at].Term))
        {
            index = index.Next();
            at++;
        }

        if (at == entries.Length)
        {
            return;
        }

        if (index <= state.Log.LastIndex)
        {
            Invariant.Check(
                index > state.CommitIndex, "State Machine Safety: a committed entry is never replaced (paper §5.4.3)");
            state.Log.TruncateFrom(index);
            state.Outbox.PersistTruncation(index);
        }

        LogIndex first = index;
        for (; at < entries.Length; at++)
        {
            Invariant.Check(entries[at].Term <= message.Term, "no entry is newer than the leader that sends it");
            state.Log.Append(entries[at]);
        }

        state.Outbox.PersistEntries(first, state.Log.LastIndex);
    }

    private bool IsHere(LogIndex index, Term term) =>
        index <= state.Log.Base.Index
        || (index <= state.Log.LastIndex && state.Log.TermAt(index) == term);
}
