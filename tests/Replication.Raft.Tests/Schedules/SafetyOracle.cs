using Replication.Raft.Inputs;
using Replication.Raft.Messages;
using Replication.Raft.Primitives;
using Replication.Raft.Tests.Clusters;

namespace Replication.Raft.Tests.Schedules;

/// <summary>
/// What must hold over the whole cluster at all times (paper fig. 3), judged from outside by nodes, disks and
/// messages.
/// </summary>
internal sealed class SafetyOracle(IReadOnlyList<ClusterNode> nodes)
{
    private readonly Dictionary<Term, NodeId> _leaders = [];
    private readonly Dictionary<Term, List<(Term Term, long Value)>> _leaderLogs = [];
    private readonly Dictionary<(NodeId Voter, Term Term), NodeId> _votes = [];
    private readonly Dictionary<LogId, (LogId Previous, long Value)> _entries = [];
    private readonly Dictionary<NodeId, RaftStatus> _before = [];
    private readonly Dictionary<long, long> _committedAtRead = [];
    private readonly List<Term> _committedIn = [];

    /// <summary>Gets the committed entries, from index 1 on.</summary>
    public List<(Term Term, long Value)> Committed { get; } = [];

    public ScheduleCounts Counts { get; } = new();

    /// <summary>Looks at a node after a step, before its messages leave.</summary>
    public void AfterStep(ClusterNode node, RaftInput input, RaftOutput output)
    {
        RaftStatus status = node.Status;
        if (_before.TryGetValue(node.Id, out RaftStatus before))
        {
            Demand(status.CurrentTerm >= before.CurrentTerm, "a term fell");
            Demand(status.CommitIndex >= before.CommitIndex, "a commit index fell");
        }

        CheckNewEntries(node, output);
        CheckLeader(node, status, before, output);
        CheckCommit(node, status, before.CommitIndex);
        CheckFloor(status);
        foreach (PeerStatus peer in node.Core!.Peers)
        {
            Demand(
                peer.NextIndex > peer.MatchIndex && peer.MatchIndex <= status.LastLogId.Index,
                "next <= match, or match > last");
        }

        Counts.Truncations += output.TruncateFrom > LogIndex.Zero ? 1 : 0;
        _before[node.Id] = status;
    }

    public void AfterCrash(ClusterNode node) => _before.Remove(node.Id);

    /// <summary>Looks at a message at the moment it leaves its node: what it says must be durable there.</summary>
    public void OnSend(ClusterNode node, RaftMessage message)
    {
        bool isPreVote = message
            is RequestVote { IsPreVote: true } or RequestVoteReply { IsPreVote: true, Granted: true };
        Demand(
            isPreVote || message.Term <= node.Disk.HardState.CurrentTerm,
            "a message left before its term was durable");
        switch (message)
        {
            case RequestVote { IsPreVote: false } request:
                CheckVote(node, request.Term, node.Id);
                break;
            case RequestVoteReply { IsPreVote: false, Granted: true } reply:
                CheckVote(node, reply.Term, reply.To);
                break;
            case AppendEntriesReply { Success: true } reply:
                CheckAcknowledgement(node, reply);
                break;
            default:
                break;
        }
    }

    public void OnReadRequested(long readId) => _committedAtRead.Add(readId, Committed.Count);

    public void OnReadAnswered(ReadIndexResult read)
    {
        Demand(_committedAtRead.Remove(read.ReadId, out long committed), "a read was answered twice, or never asked");
        Demand(
            !read.Confirmed || read.Index.Value >= committed,
            "a read index misses what was committed before the read");
        Counts.ConfirmedReads += read.Confirmed ? 1 : 0;
        Counts.FailedReads += read.Confirmed ? 0 : 1;
    }

    /// <summary>Checks at rest that a majority of disks holds all that was ever committed.</summary>
    public void CheckNothingLost()
    {
        for (int at = 0; at < Committed.Count; at++)
        {
            CheckDurableOnMajority(new LogIndex(at + 1));
        }
    }

    private static void Demand(bool condition, string violation)
    {
        if (!condition)
        {
            throw new SafetyViolationException(violation);
        }
    }

    private void CheckNewEntries(ClusterNode node, RaftOutput output)
    {
        if (output.AppendLast == LogIndex.Zero)
        {
            return;
        }

        for (LogIndex index = output.AppendFirst; index <= output.AppendLast; index = index.Next())
        {
            Entry entry = node.At(index);
            LogId id = new(entry.Header.Term, index);
            LogId previous = index > node.FirstIndex
                ? new LogId(node.At(index + -1).Header.Term, index + -1)
                : node.Disk.Base;

            // Log Matching by induction: an identity always has the same content and the same entry before it.
            if (_entries.TryGetValue(id, out var known))
            {
                Demand(known == (previous, entry.Value), "Log Matching: one identity, two entries");
            }
            else
            {
                _entries.Add(id, (previous, entry.Value));
            }
        }
    }

    private void CheckLeader(ClusterNode node, RaftStatus status, RaftStatus before, RaftOutput output)
    {
        if (status.Role != RaftRole.Leader)
        {
            return;
        }

        if (_leaders.TryAdd(status.CurrentTerm, node.Id))
        {
            Counts.Elections++;
            _leaderLogs.Add(status.CurrentTerm, LogOf(node));
            for (int at = 0; at < Committed.Count; at++)
            {
                // A candidate may get its last vote when a later term has a leader already: of that one's entries it
                // knows nothing.
                Demand(
                    _committedIn[at] >= status.CurrentTerm || HasCommitted(node, new LogIndex(at + 1)),
                    "Leader Completeness: a new leader lacks an entry that was committed in an earlier term");
            }
        }
        else if (output.AppendLast > LogIndex.Zero)
        {
            List<(Term, long)> log = _leaderLogs[status.CurrentTerm];
            for (LogIndex index = output.AppendFirst; index <= output.AppendLast; index = index.Next())
            {
                Demand(index.Value == log.Count + 1, "Leader Append-Only: a leader wrote elsewhere than at its end");
                log.Add((node.At(index).Header.Term, node.At(index).Value));
            }
        }

        Demand(_leaders[status.CurrentTerm] == node.Id, "Election Safety: two leaders in a term");
        Demand(
            before.Role != RaftRole.Leader || before.CurrentTerm != status.CurrentTerm
            || status.LastLogId.Index >= before.LastLogId.Index,
            "Leader Append-Only: a leader's log got shorter");
    }

    // The whole log of a node from index 1 on; what it compacted is committed, so that the canonical list knows it.
    private List<(Term Term, long Value)> LogOf(ClusterNode node)
    {
        List<(Term, long)> log = [.. Committed.Take((int)node.FirstIndex.Value - 1)];
        for (LogIndex index = node.FirstIndex; index <= node.LastIndex; index = index.Next())
        {
            log.Add((node.At(index).Header.Term, node.At(index).Value));
        }

        return log;
    }

    private void CheckCommit(ClusterNode node, RaftStatus status, LogIndex before)
    {
        for (LogIndex index = before.Next(); index <= status.CommitIndex; index = index.Next())
        {
            if (index < node.FirstIndex)
            {
                continue;
            }

            if (index.Value <= Committed.Count)
            {
                Demand(HasCommitted(node, index), "State Machine Safety: two entries committed at one index");
                continue;
            }

            Entry entry = node.At(index);
            Committed.Add((entry.Header.Term, entry.Value));
            _committedIn.Add(status.CurrentTerm);
            Counts.Commits++;
            CheckDurableOnMajority(index);
        }
    }

    private void CheckDurableOnMajority(LogIndex index)
    {
        int copies = nodes.Count(node => HasDurable(node, index, Committed[(int)index.Value - 1]));
        Demand(copies > nodes.Count / 2, "an entry is committed, but no majority of disks holds it");
    }

    private bool HasCommitted(ClusterNode node, LogIndex index) =>
        index < node.FirstIndex
        || (index <= node.LastIndex
            && (node.At(index).Header.Term, node.At(index).Value) == Committed[(int)index.Value - 1]);

    private static bool HasDurable(ClusterNode node, LogIndex index, (Term Term, long Value) entry) =>
        index <= node.Disk.Base.Index
        || (index <= node.Disk.LastIndex
            && (node.Disk.At(index).Header.Term, node.Disk.At(index).Value) == entry);

    private void CheckFloor(RaftStatus status)
    {
        LogIndex floor = status.CompactionFloor;
        Demand(floor.Value <= Committed.Count, "the compaction floor lies above what is committed");
        if (floor > LogIndex.Zero)
        {
            (Term, long) entry = Committed[(int)floor.Value - 1];
            Demand(
                nodes.All(node => HasDurable(node, floor, entry)),
                "a member needs entries below the compaction floor");
        }
    }

    private void CheckVote(ClusterNode node, Term term, NodeId candidate)
    {
        if (!_votes.TryAdd((node.Id, term), candidate))
        {
            Demand(_votes[(node.Id, term)] == candidate, "a node voted twice in a term");
        }

        HardState durable = node.Disk.HardState;
        Demand(
            durable.CurrentTerm > term || durable == new HardState(term, candidate),
            "a vote left before it was durable");
    }

    // The leader of the reply's term may count this disk for everything up to the match index.
    private void CheckAcknowledgement(ClusterNode node, AppendEntriesReply reply)
    {
        List<(Term Term, long Value)> leaderLog = _leaderLogs[reply.Term];
        Demand(reply.MatchIndex.Value <= leaderLog.Count, "more was acknowledged than the leader holds");
        for (LogIndex index = reply.MatchIndex; index > node.Disk.Base.Index; index += -1)
        {
            Demand(
                HasDurable(node, index, leaderLog[(int)index.Value - 1]),
                "entries were acknowledged that aren't durable, or aren't the leader's");
        }
    }
}

/// <summary>The cluster broke a rule.</summary>
internal sealed class SafetyViolationException(string violation) : Exception(violation);

/// <summary>What a schedule made happen: a run in which nothing happens proves nothing.</summary>
internal sealed class ScheduleCounts
{
    public long Steps { get; set; }

    public long Elections { get; set; }

    public long Commits { get; set; }

    public long Truncations { get; set; }

    public long Crashes { get; set; }

    public long LostBatches { get; set; }

    public long ConfirmedReads { get; set; }

    public long FailedReads { get; set; }

    public long Dropped { get; set; }

    public long Duplicated { get; set; }

    public long Compactions { get; set; }

    public long Transfers { get; set; }

    public long Shortened { get; set; }

    public override string ToString() =>
        $"elections {Elections}, commits {Commits}, truncations {Truncations}, crashes {Crashes},"
        + $" lost batches {LostBatches}, reads {ConfirmedReads} confirmed and {FailedReads} failed,"
        + $" messages {Dropped} dropped and {Duplicated} duplicated,"
        + $" compactions {Compactions}, transfers {Transfers}, shortened {Shortened}";

    public void Add(ScheduleCounts other)
    {
        Steps += other.Steps;
        Elections += other.Elections;
        Commits += other.Commits;
        Truncations += other.Truncations;
        Crashes += other.Crashes;
        LostBatches += other.LostBatches;
        ConfirmedReads += other.ConfirmedReads;
        FailedReads += other.FailedReads;
        Dropped += other.Dropped;
        Duplicated += other.Duplicated;
        Compactions += other.Compactions;
        Transfers += other.Transfers;
        Shortened += other.Shortened;
    }
}
