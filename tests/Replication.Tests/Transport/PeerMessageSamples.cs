using Replication.Primitives;
using Replication.Raft.Messages;
using Replication.Raft.Primitives;
using Replication.Transport;

namespace Replication.Tests.Transport;

/// <summary>One peer message of every kind and at every boundary, by name.</summary>
internal static class PeerMessageSamples
{
    private static readonly GroupId Group = new(0x1122334455667788);
    private static readonly LogId Largest = new(new Term(long.MaxValue), new LogIndex(long.MaxValue));

    public static IEnumerable<(string Name, PeerMessage Message)> All()
    {
        foreach ((string name, RaftMessage message) in CoreMessages())
        {
            yield return (name, new RaftPeerMessage(Group, message, []));
        }

        yield return ("append-entries-probe", Append(new LogId(new Term(4), new LogIndex(9)), []));
        yield return ("append-entries-first-entry", Append(LogId.Zero, [Entry(1, 1, EntryKind.NoOp, 1, [])]));
        yield return ("append-entries-three", Append(
            new LogId(new Term(4), new LogIndex(9)),
            [
                Entry(4, 10, EntryKind.Command, 65536, [1, 2, 3]),
                Entry(5, 11, EntryKind.NoOp, 65537, []),
                Entry(5, 12, EntryKind.Command, 1L << 57, new byte[300]),
            ]));
        yield return ("append-entries-last-index", Append(
            new LogId(new Term(long.MaxValue), new LogIndex(long.MaxValue - 1)),
            [Entry(long.MaxValue, long.MaxValue, EntryKind.Command, long.MaxValue, [0xff])]));
        yield return ("append-entries-shortened", new RaftPeerMessage(
            new GroupId(-1),
            AppendOf(new LogId(new Term(1), new LogIndex(1)), 1000,
                [Entry(1, 2, EntryKind.Command, 3, [7])]) with { MayShorten = true },
            [Entry(1, 2, EntryKind.Command, 3, [7])]));

        yield return ("forwarded-proposal", new ForwardedProposal(Group, 77, new Term(6), new byte[] { 9, 8, 7 }));
        yield return ("forwarded-proposal-empty",
            new ForwardedProposal(new GroupId(long.MinValue), long.MaxValue, new Term(long.MaxValue), default));
        yield return ("forwarded-proposal-reply-committed", new ForwardedProposalReply(Group, 77, new ProposalCompletion
        {
            Outcome = WriteOutcome.Committed,
            Leader = new NodeId(2),
            Id = new LogId(new Term(3), new LogIndex(44)),
            Timestamp = new HybridTimestamp(99),
            Result = new byte[] { 1, 2 },
        }));
        yield return ("forwarded-proposal-reply-rejected", new ForwardedProposalReply(Group, -1, new ProposalCompletion
        {
            Outcome = WriteOutcome.Rejected,
            Reason = RejectReason.TransferInProgress,
        }));
        yield return ("forwarded-proposal-reply-largest",
            new ForwardedProposalReply(Group, long.MinValue, new ProposalCompletion
        {
            Outcome = WriteOutcome.Indeterminate,
            Leader = new NodeId(int.MaxValue),
            Id = Largest,
            Timestamp = new HybridTimestamp(long.MaxValue),
        }));
    }

    public static LogEntry Entry(long term, long index, EntryKind kind, long timestamp, byte[] payload) =>
        new(new LogId(new Term(term), new LogIndex(index)), kind, new HybridTimestamp(timestamp), payload);

    public static RaftPeerMessage Append(LogId previous, LogEntry[] entries) =>
        new(Group, AppendOf(previous, previous.Index.Value + entries.Length, entries), entries);

    private static AppendEntries AppendOf(LogId previous, long last, LogEntry[] entries) => new()
    {
        From = new NodeId(1),
        To = new NodeId(3),
        Term = new Term(6),
        PrevLogId = previous,
        LastIndex = new LogIndex(last),
        CommitIndex = new LogIndex(8),
        CompactionFloor = new LogIndex(5),
        Entries = entries.Select(e => e.Header).ToArray(),
    };

    private static IEnumerable<(string Name, RaftMessage Message)> CoreMessages()
    {
        NodeId one = new(1);
        NodeId most = new(int.MaxValue);
        Term term = new(6);
        Term last = new(long.MaxValue);
        yield return ("request-vote",
            new RequestVote { From = one, To = most, Term = term,
            LastLogId = new LogId(new Term(2), new LogIndex(300)) });
        yield return ("request-vote-pre",
            new RequestVote { From = one, To = most, Term = last, LastLogId = Largest, IsPreVote = true });
        yield return ("request-vote-transfer",
            new RequestVote { From = most, To = one, Term = term, LastLogId = LogId.Zero,
            IsLeadershipTransfer = true });
        yield return ("request-vote-reply",
            new RequestVoteReply { From = one, To = most, Term = Term.Zero, Granted = false });
        yield return ("request-vote-reply-pre",
            new RequestVoteReply { From = one, To = most, Term = last, Granted = true, IsPreVote = true });
        yield return ("append-entries-reply",
            new AppendEntriesReply { From = one, To = most, Term = term, Success = true,
            MatchIndex = new LogIndex(128) });
        yield return ("append-entries-reply-refused", new AppendEntriesReply
        {
            From = one, To = most, Term = last, Success = false, RejectedIndex = new LogIndex(long.MaxValue),
                Hint = Largest,
        });
        yield return ("heartbeat",
            new Heartbeat { From = one, To = most, Term = term, CommitIndex = new LogIndex(7), Round = 12,
            CompactionFloor = new LogIndex(3) });
        yield return ("heartbeat-largest",
            new Heartbeat { From = one, To = most, Term = last, CommitIndex = Largest.Index, Round = long.MaxValue,
            CompactionFloor = Largest.Index });
        yield return ("heartbeat-reply", new HeartbeatReply { From = one, To = most, Term = term, Round = 12 });
        yield return ("read-index-request",
            new ReadIndexRequest { From = one, To = most, Term = term, ReadId = long.MinValue });
        yield return ("read-index-reply",
            new ReadIndexReply { From = one, To = most, Term = term, ReadId = 5, Confirmed = true,
            Index = new LogIndex(70000) });
        yield return ("read-index-reply-refused",
            new ReadIndexReply { From = one, To = most, Term = term, ReadId = 5, Confirmed = false });
        yield return ("timeout-now", new TimeoutNow { From = one, To = most, Term = term });
    }
}
