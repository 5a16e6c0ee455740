using Replication.Raft.Determinism;
using Replication.Raft.Invariants;
using Replication.Raft.Log;
using Replication.Raft.Messages;
using Replication.Raft.Primitives;
using Replication.Raft.Progress;
using Replication.Raft.Quorums;
using Replication.Raft.Reads;
using Replication.Raft.Roles;

namespace Replication.Raft;

/// <summary>The state of one core, and the few transitions that all roles share.</summary>
internal sealed class RaftState
{
    /// <summary>Takes over what was recovered.</summary>
    /// <param name="config">The settings, checked.</param>
    /// <param name="recovery">The persisted state.</param>
    /// <param name="now">The current moment.</param>
    public RaftState(RaftConfig config, RaftRecovery recovery, Instant now)
    {
        Config = config;
        Now = now;
        CurrentTerm = recovery.HardState.CurrentTerm;
        VotedFor = recovery.HardState.VotedFor;
        Log = new RaftLog(recovery, config.EntrySizesMax);
        CommitIndex = LogIndex.Max(recovery.CommitIndex, recovery.Base.Index);
        CompactionFloor = recovery.Base.Index;
        Ledger = new PersistLedger(Log.LastIndex);
        Outbox = new Outbox(Ledger);
        SplitMix64 random = new(config.Seed);
        Clock = new ElectionClock(config, random, now);
        Forwarded = new ForwardedReads(random);
        Votes = new VoteTally(config.Voters);
        Peers = new PeerTable(config);
    }

    /// <summary>Gets the settings.</summary>
    public RaftConfig Config { get; }

    /// <summary>Gets this node.</summary>
    public NodeId Self => Config.NodeId;

    /// <summary>Gets the moment of the current step.</summary>
    public Instant Now { get; set; }

    /// <summary>Gets the role.</summary>
    public RaftRole Role { get; private set; }

    /// <summary>Gets the current term.</summary>
    public Term CurrentTerm { get; private set; }

    /// <summary>Gets who got this node's vote in the current term.</summary>
    public NodeId VotedFor { get; private set; }

    /// <summary>Gets the leader of the current term that this node follows, or itself; none if unknown.</summary>
    public NodeId Leader { get; private set; }

    /// <summary>Gets the leader of the current term, even if this node no longer follows it.</summary>
    public NodeId LeaderOfTerm { get; private set; }

    /// <summary>Gets the commit index.</summary>
    public LogIndex CommitIndex { get; private set; }

    /// <summary>Gets the index up to which no member needs entries.</summary>
    public LogIndex CompactionFloor { get; private set; }

    /// <summary>Gets the log.</summary>
    public RaftLog Log { get; }

    /// <summary>Gets what of the log is durable.</summary>
    public PersistLedger Ledger { get; }

    /// <summary>Gets the output of the step.</summary>
    public Outbox Outbox { get; }

    /// <summary>Gets the election clock.</summary>
    public ElectionClock Clock { get; }

    /// <summary>Gets the votes of the current election.</summary>
    public VoteTally Votes { get; }

    /// <summary>Gets the progress of the peers; meaningful on a leader.</summary>
    public PeerTable Peers { get; }

    /// <summary>Gets the reads that wait on this leader.</summary>
    public ReadIndexQueue Reads { get; } = new();

    /// <summary>Gets the reads that wait for another leader's word.</summary>
    public ForwardedReads Forwarded { get; }

    /// <summary>Gets the leadership transfer under way.</summary>
    public LeadershipTransfer Transfer { get; } = new();

    /// <summary>Enters a higher term as a follower.</summary>
    /// <param name="term">The term.</param>
    /// <param name="votedFor">Who gets this node's vote in it; none for nobody yet.</param>
    public void EnterTerm(Term term, NodeId votedFor)
    {
        Invariant.Check(term > CurrentTerm, "the current term only rises");
        BecomeFollower(NodeId.None);
        CurrentTerm = term;
        VotedFor = votedFor;
        LeaderOfTerm = NodeId.None;
        Outbox.Persist(new HardState(CurrentTerm, VotedFor));
    }

    /// <summary>Gives this node's vote in the current term.</summary>
    /// <param name="candidate">Who gets it.</param>
    public void Vote(NodeId candidate)
    {
        Invariant.Check(VotedFor.IsNone || VotedFor == candidate, "a node votes for one candidate in a term");
        if (VotedFor.IsNone)
        {
            VotedFor = candidate;
            Outbox.Persist(new HardState(CurrentTerm, VotedFor));
        }
    }

    /// <summary>Follows a leader of the current term, or waits for one.</summary>
    /// <param name="leader">The leader; none if unknown.</param>
    public void BecomeFollower(NodeId leader)
    {
        if (Role == RaftRole.Leader)
        {
            FailLeaderReads();
            Transfer.Clear();
            Clock.Draw(Now);
        }

        Role = RaftRole.Follower;
        SetLeader(leader);
    }

    /// <summary>Takes the role of a node that stands for election.</summary>
    /// <param name="role">Pre-candidate or candidate.</param>
    public void BecomeElectionRole(RaftRole role)
    {
        Role = role;
        SetLeader(NodeId.None);
        Votes.Reset();
        Clock.Draw(Now);
    }

    /// <summary>Takes the lead.</summary>
    public void BecomeLeader()
    {
        Role = RaftRole.Leader;
        SetLeader(Self);
    }

    /// <summary>Commits up to an index; a lower one changes nothing.</summary>
    /// <param name="index">The index.</param>
    /// <returns>Whether the commit index rose.</returns>
    public bool CommitTo(LogIndex index)
    {
        if (index <= CommitIndex)
        {
            return false;
        }

        Invariant.Check(index <= Log.LastIndex, "the commit index stays within the log");
        CommitIndex = index;
        return true;
    }

    /// <summary>Raises the compaction floor; a lower one changes nothing.</summary>
    /// <param name="floor">The floor.</param>
    public void RaiseFloor(LogIndex floor) => CompactionFloor = LogIndex.Max(CompactionFloor, floor);

    /// <summary>Answers a read of this node.</summary>
    /// <param name="readId">The driver's number.</param>
    /// <param name="isConfirmed">Whether the leader confirmed.</param>
    /// <param name="index">The read index.</param>
    public void AnswerOwnRead(long readId, bool isConfirmed, LogIndex index) =>
        Outbox.Output.Reads.Add(new ReadIndexResult(readId, isConfirmed, index));

    /// <summary>Answers a read, wherever it came from.</summary>
    /// <param name="read">The read.</param>
    /// <param name="isConfirmed">Whether leadership was confirmed.</param>
    public void AnswerRead(in PendingRead read, bool isConfirmed)
    {
        if (read.From == Self)
        {
            AnswerOwnRead(read.ReadId, isConfirmed, isConfirmed ? read.Index : LogIndex.Zero);
            return;
        }

        Outbox.Send(new ReadIndexReply
        {
            From = Self,
            To = read.From,
            Term = CurrentTerm,
            ReadId = read.ReadId,
            Confirmed = isConfirmed,
            Index = isConfirmed ? read.Index : LogIndex.Zero,
        });
    }

    private void SetLeader(NodeId leader)
    {
        if (leader == Leader)
        {
            return;
        }

        // The leader that was asked may be gone: a later answer of it must not be waited for.
        Forwarded.FailAll(this);
        Leader = leader;
        if (leader.IsNone)
        {
            Clock.LeaderGone();
        }
        else
        {
            Invariant.Check(
                LeaderOfTerm.IsNone || LeaderOfTerm == leader,
                "Election Safety: at most one leader in a term (paper §5.2)");
            LeaderOfTerm = leader;
        }
    }

    private void FailLeaderReads()
    {
        while (Reads.TryTake(out PendingRead read))
        {
            AnswerRead(read, isConfirmed: false);
        }
    }
}
