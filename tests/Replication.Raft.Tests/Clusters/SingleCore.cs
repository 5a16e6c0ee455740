using Replication.Raft.Inputs;
using Replication.Raft.Messages;
using Replication.Raft.Primitives;

namespace Replication.Raft.Tests.Clusters;

/// <summary>One core, node 1, and the words to speak to it; the other voters are played by the test.</summary>
internal sealed class SingleCore
{
    private RaftOutput _output = null!;

    private SingleCore(RaftConfig config, RaftRecovery recovery)
    {
        Core = new RaftCore(config, recovery, Now);
        Tick();
    }

    public RaftCore Core { get; }

    public Instant Now { get; private set; } = new(1_000_000_000);

    public RaftStatus Status => Core.Status;

    public RaftConfig Config => Core.Config;

    public Term Term => Status.CurrentTerm;

    /// <summary>Makes a follower whose disk holds entries of the given terms.</summary>
    public static SingleCore Follower(int voters = 3, int[]? log = null, int term = 0, int vote = 0, ulong seed = 1)
    {
        EntryHeader[] entries = [.. (log ?? []).Select(Header)];
        int current = Math.Max(term, (log ?? []).LastOrDefault());
        return new SingleCore(
            NewConfig(voters, seed),
            new RaftRecovery { HardState = new HardState(new Term(current), new NodeId(vote)), Entries = entries });
    }

    public static SingleCore Follower(RaftConfig config, RaftRecovery recovery) => new(config, recovery);

    /// <summary>Makes a candidate of the term after; its vote is durable.</summary>
    public static SingleCore Candidate(int voters = 3, int[]? log = null, int term = 0)
    {
        SingleCore core = Follower(voters, log, term);
        core.Stand();
        core.Persist();
        return core;
    }

    /// <summary>Makes a leader; its no-op isn't durable yet.</summary>
    public static SingleCore Leader(int voters = 3, int[]? log = null, int term = 0)
    {
        SingleCore core = Candidate(voters, log, term);
        for (int from = 2; core.Status.Role != RaftRole.Leader; from++)
        {
            core.Receive(VoteReply(from, core.Term.Value));
        }

        return core;
    }

    /// <summary>Makes a leader whose no-op is committed and known to all.</summary>
    public static SingleCore SettledLeader(int voters = 3, int[]? log = null, int term = 0)
    {
        SingleCore core = Leader(voters, log, term);
        core.Persist();
        for (int from = 2; from <= voters; from++)
        {
            core.Receive(Acknowledge(from, core.Term.Value, core.Status.LastLogId.Index.Value));
        }

        return core;
    }

    public static RaftConfig NewConfig(int voters, ulong seed = 1, int[]? priorities = null) => new()
    {
        NodeId = new NodeId(1),
        Voters = [.. Enumerable.Range(1, voters).Select(id => new RaftVoter(new NodeId(id), priorities?[id - 1] ?? 1))],
        Seed = seed,
    };

    public static EntryHeader Header(int term) => new(new Term(term), EntryKind.Command, 10);

    public static LogId Id(long term, long index) => new(new Term(term), new LogIndex(index));

    public static RequestVote VoteRequest(
        int from, long term, LogId last, bool isPreVote = false, bool isTransfer = false) => new()
    {
        From = new NodeId(from),
        To = new NodeId(1),
        Term = new Term(term),
        LastLogId = last,
        IsPreVote = isPreVote,
        IsLeadershipTransfer = isTransfer,
    };

    public static RequestVoteReply VoteReply(int from, long term, bool granted = true, bool isPreVote = false) => new()
    {
        From = new NodeId(from),
        To = new NodeId(1),
        Term = new Term(term),
        Granted = granted,
        IsPreVote = isPreVote,
    };

    public static AppendEntries Append(int from, long term, LogId previous, int[] terms, long commit = 0) => new()
    {
        From = new NodeId(from),
        To = new NodeId(1),
        Term = new Term(term),
        PrevLogId = previous,
        LastIndex = previous.Index + terms.Length,
        CommitIndex = new LogIndex(commit),
        Entries = terms.Select(Header).ToArray(),
    };

    public static AppendEntriesReply Acknowledge(int from, long term, long match) => new()
    {
        From = new NodeId(from),
        To = new NodeId(1),
        Term = new Term(term),
        Success = true,
        MatchIndex = new LogIndex(match),
    };

    public static AppendEntriesReply Refuse(int from, long term, long refused, LogId hint) => new()
    {
        From = new NodeId(from),
        To = new NodeId(1),
        Term = new Term(term),
        Success = false,
        RejectedIndex = new LogIndex(refused),
        Hint = hint,
    };

    public static Heartbeat Beat(int from, long term, long commit = 0, long round = 1) => new()
    {
        From = new NodeId(from),
        To = new NodeId(1),
        Term = new Term(term),
        CommitIndex = new LogIndex(commit),
        Round = round,
    };

    public static HeartbeatReply BeatReply(int from, long term, long round) =>
        new() { From = new NodeId(from), To = new NodeId(1), Term = new Term(term), Round = round };

    public RaftOutput Step(RaftInput input) => _output = Core.Step(input, Now);

    public RaftOutput Receive(RaftMessage message) => Step(new MessageReceived(message));

    public RaftOutput Persist() => Step(new Persisted(_output.PersistSequence));

    public RaftOutput Propose(int count = 1, int sizeBytes = 10) => Step(new Propose
    {
        Entries = Enumerable.Repeat(new EntryHeader(default, EntryKind.Command, sizeBytes), count).ToArray(),
    });

    public RaftOutput Tick() => Step(TimePassed.Instance);

    public RaftOutput Wait(double milliseconds)
    {
        Now += TimeSpan.FromMilliseconds(milliseconds);
        return Tick();
    }

    public RaftOutput WaitForDeadline()
    {
        Now = _output.NextDeadline;
        return Tick();
    }

    /// <summary>Lets the election timeout pass and gives the pre-votes.</summary>
    public RaftOutput Stand()
    {
        RaftOutput output = WaitForDeadline();
        for (int from = 2; Status.Role == RaftRole.PreCandidate; from++)
        {
            output = Receive(VoteReply(from, Term.Value + 1, isPreVote: true));
        }

        return output;
    }
}
