using Replication.Raft.Inputs;
using Replication.Raft.Messages;
using Replication.Raft.Primitives;
using Replication.Raft.Tests.Clusters;
using static Replication.Raft.Tests.Clusters.SingleCore;

namespace Replication.Raft.Tests.Paper;

/// <summary>What the paper asks of leaders, sentence by sentence.</summary>
public class LeaderPaperTests
{
    // Paper fig. 2: "Upon election: send initial empty AppendEntries RPCs (heartbeat) to each server". They carry the
    // no-op of paper §8: "having each leader commit a blank no-op entry into the log at the start of its term".
    [Fact]
    public void A_new_leader_sends_its_no_op_to_everybody()
    {
        SingleCore core = Candidate(voters: 3, log: [1, 1], term: 1);

        RaftOutput output = core.Receive(VoteReply(2, term: 2));

        Assert.Equal(new LogIndex(3), output.AppendFirst);
        Assert.Equal(new LogIndex(3), output.AppendLast);
        Assert.Equal(2, output.Messages.Count);
        Assert.All(output.Messages.Cast<AppendEntries>(), append =>
        {
            Assert.Equal(Id(1, 2), append.PrevLogId);
            Assert.Equal(new LogIndex(3), append.LastIndex);
        });
    }

    // Paper §5.3: "When a leader first comes to power, it initializes all nextIndex values to the index just after
    // the last one in its log".
    [Fact]
    public void A_new_leader_tries_the_index_after_its_last_first()
    {
        SingleCore core = Leader(log: [1, 1, 1], term: 1);

        Assert.All(core.Core.Peers, peer => Assert.Equal(new LogIndex(4), peer.NextIndex));
        Assert.All(core.Core.Peers, peer => Assert.Equal(LogIndex.Zero, peer.MatchIndex));
    }

    // Paper fig. 2: heartbeats "repeat during idle periods to prevent election timeouts".
    [Fact]
    public void A_leader_sends_heartbeats_while_idle()
    {
        SingleCore core = SettledLeader();
        Instant start = core.Now;
        int beats = 0;
        while (core.Now - start < TimeSpan.FromMilliseconds(550))
        {
            beats += core.WaitForDeadline().Messages.Count(message => message is Heartbeat { To.Value: 2 });
        }

        Assert.InRange(beats, 11, 13);
    }

    // Paper §5.3: "The leader appends the command to its log as a new entry, then issues AppendEntries RPCs in
    // parallel to each of the other servers". Thesis §10.2.1: in parallel to its own disk too.
    [Fact]
    public void A_proposal_is_sent_before_it_is_durable_here()
    {
        SingleCore core = SettledLeader();

        RaftOutput output = core.Propose(count: 2);

        Assert.Equal(ProposalResult.Accepted, output.Proposal);
        Assert.True(output.HasSomethingToPersist);
        Assert.Equal(2, output.Messages.Count);
        Assert.All(output.Messages.Cast<AppendEntries>(), append => Assert.Equal(new LogIndex(3), append.LastIndex));
    }

    // Paper §5.1: "If a client contacts a follower, the follower redirects it to the leader" (the driver's part).
    [Fact]
    public void A_follower_takes_no_proposal()
    {
        RaftOutput output = Follower().Propose();

        Assert.Equal(ProposalResult.NotLeader, output.Proposal);
        Assert.False(output.HasSomethingToPersist);
    }

    // Paper §5.3: "A log entry is committed once the leader that created the entry has replicated it on a majority of
    // the servers".
    [Fact]
    public void An_entry_is_committed_when_a_majority_holds_it()
    {
        SingleCore core = SettledLeader(voters: 5);
        core.Propose();
        core.Persist();
        core.Receive(Acknowledge(2, term: 1, match: 2));
        Assert.Equal(new LogIndex(1), core.Status.CommitIndex);

        core.Receive(Acknowledge(3, term: 1, match: 2));
        Assert.Equal(new LogIndex(2), core.Status.CommitIndex);
    }

    // Thesis §10.2.1: the leader counts its own disk like any follower's; a majority of others may commit before it.
    [Fact]
    public void The_leader_counts_itself_only_when_its_disk_is_done()
    {
        SingleCore core = SettledLeader();
        core.Propose();

        core.Receive(Acknowledge(2, term: 1, match: 2));
        Assert.Equal(new LogIndex(1), core.Status.CommitIndex);

        core.Receive(Acknowledge(3, term: 1, match: 2));
        Assert.Equal(new LogIndex(2), core.Status.CommitIndex);
        Assert.Equal(new LogIndex(1), core.Status.DurableIndex);
    }

    // Paper §5.4.2: "Raft never commits log entries from previous terms by counting replicas. Only log entries from
    // the leader's current term are committed by counting replicas".
    [Fact]
    public void Entries_of_earlier_terms_are_committed_with_one_of_the_own_term_only()
    {
        SingleCore core = Leader(log: [1, 2], term: 2);
        core.Persist();

        core.Receive(Acknowledge(2, term: 3, match: 2));
        core.Receive(Acknowledge(3, term: 3, match: 2));
        Assert.Equal(LogIndex.Zero, core.Status.CommitIndex);

        core.Receive(Acknowledge(2, term: 3, match: 3));
        Assert.Equal(new LogIndex(3), core.Status.CommitIndex);
    }

    // Paper §5.3: the leader "includes that index in future AppendEntries RPCs (including heartbeats) so that the
    // other servers eventually find out". A heartbeat's is cut to what the follower holds, for it may overtake
    // entries.
    [Fact]
    public void The_commit_index_travels_in_entries_and_heartbeats()
    {
        SingleCore core = SettledLeader();
        core.Propose();
        core.Persist();
        core.Receive(Acknowledge(2, term: 1, match: 2));

        AppendEntries next = core.Propose().Messages.Cast<AppendEntries>().First(message => message.To.Value == 2);
        Assert.Equal(new LogIndex(2), next.CommitIndex);

        List<RaftMessage> beats = core.Wait(50).Messages;
        Assert.Equal(new LogIndex(2), beats.OfType<Heartbeat>().Last(beat => beat.To.Value == 2).CommitIndex);
        Assert.Equal(new LogIndex(1), beats.OfType<Heartbeat>().Last(beat => beat.To.Value == 3).CommitIndex);
    }

    // Paper fig. 2: "If successful: update nextIndex and matchIndex for follower".
    [Fact]
    public void A_success_moves_match_and_next()
    {
        SingleCore core = Leader(log: [1, 1], term: 1);

        core.Receive(Acknowledge(2, term: 2, match: 3));

        PeerStatus peer = core.Core.Peers[0];
        Assert.Equal(new LogIndex(3), peer.MatchIndex);
        Assert.Equal(new LogIndex(4), peer.NextIndex);
        Assert.Equal(ProgressMode.Replicate, peer.Mode);
    }

    // Paper fig. 2: "If AppendEntries fails because of log inconsistency: decrement nextIndex and retry". Thesis
    // §3.5: by the hint, a whole term at once.
    [Fact]
    public void A_refusal_moves_next_back_and_tries_again()
    {
        SingleCore core = Leader(log: [1, 1, 3, 3, 3], term: 3);

        RaftOutput output = core.Receive(Refuse(2, term: 4, refused: 5, Id(2, 4)));

        AppendEntries probe = Assert.IsType<AppendEntries>(Assert.Single(output.Messages));
        Assert.Equal(Id(1, 2), probe.PrevLogId);
        Assert.Equal(new LogIndex(2), probe.LastIndex);
    }

    // Paper §5.3: a refusal that comes twice, or late, is no news.
    [Fact]
    public void A_refusal_below_the_match_index_changes_nothing()
    {
        SingleCore core = SettledLeader(log: [1, 1, 1], term: 1);

        RaftOutput output = core.Receive(Refuse(2, term: 2, refused: 3, Id(1, 1)));

        Assert.Empty(output.Messages);
        Assert.Equal(ProgressMode.Replicate, core.Core.Peers[0].Mode);
        Assert.Equal(new LogIndex(4), core.Core.Peers[0].MatchIndex);
    }

    // Paper §5.3: "If followers crash or run slowly, or if network packets are lost, the leader retries AppendEntries
    // RPCs indefinitely". Here once the follower is heard again.
    [Fact]
    public void Entries_without_an_answer_are_tried_again()
    {
        SingleCore core = SettledLeader();
        core.Propose();
        core.Wait(100);

        RaftOutput output = core.Receive(BeatReply(2, term: 1, round: 1));
        AppendEntries check = Assert.IsType<AppendEntries>(Assert.Single(output.Messages));
        Assert.Equal(new LogIndex(2), check.PrevLogId.Index);

        RaftOutput again = core.Receive(Refuse(2, term: 1, refused: 2, Id(1, 1)));
        AppendEntries resent = Assert.IsType<AppendEntries>(Assert.Single(again.Messages));
        Assert.Equal(Id(1, 1), resent.PrevLogId);
        Assert.Equal(new LogIndex(2), resent.LastIndex);
    }

    // Paper §5.3: "A leader never overwrites or deletes entries in its own log".
    [Fact]
    public void A_leader_that_gets_entries_of_its_own_term_stops_as_the_rule_is_broken()
    {
        SingleCore core = SettledLeader(log: [1, 1], term: 1);

        Assert.Throws<Invariants.InvariantViolationException>(() => core.Receive(Append(2, term: 2, Id(1, 1), [2])));
        Assert.Throws<Invariants.InvariantViolationException>(() => core.Tick());
    }

    // Paper §5.1: "If a candidate or leader discovers that its term is out of date, it immediately reverts to
    // follower state."
    [Fact]
    public void A_leader_that_hears_a_later_term_becomes_a_follower()
    {
        SingleCore core = SettledLeader();

        RaftOutput output = core.Receive(BeatReply(2, term: 3, round: 1));

        Assert.Equal(RaftRole.Follower, core.Status.Role);
        Assert.Equal(new HardState(new Term(3), NodeId.None), output.HardState);
        Assert.Empty(core.Core.Peers);
    }

    // Thesis §6.2: "a leader steps down if an election timeout elapses without a successful round of heartbeats to a
    // majority of its cluster".
    [Fact]
    public void A_leader_without_a_majority_steps_down()
    {
        SingleCore core = SettledLeader(voters: 5);
        core.Wait(400);
        core.Receive(BeatReply(2, term: 1, round: 1));
        core.Wait(199);
        Assert.Equal(RaftRole.Leader, core.Status.Role);

        core.Wait(1);
        Assert.Equal(RaftRole.Follower, core.Status.Role);
        Assert.Equal(new Term(1), core.Term);
    }

    // Thesis §6.2: with a majority it stays.
    [Fact]
    public void A_leader_that_hears_a_majority_stays()
    {
        SingleCore core = SettledLeader(voters: 5);
        for (int beat = 0; beat < 100; beat++)
        {
            core.Wait(50);
            core.Receive(BeatReply(2, term: 1, round: beat));
            core.Receive(BeatReply(4, term: 1, round: beat));
        }

        Assert.Equal(RaftRole.Leader, core.Status.Role);
        Assert.False(core.Core.Peers[1].IsActive);
        Assert.True(core.Core.Peers[2].IsActive);
    }

    // Thesis §3.10: "The prior leader stops accepting new client requests", brings the target up to date, and then
    // asks it.
    [Fact]
    public void A_transfer_brings_the_target_up_to_date_first()
    {
        SingleCore core = SettledLeader();
        core.Propose();

        RaftOutput begun = core.Step(new TransferLeadership(new NodeId(3)));
        Assert.DoesNotContain(begun.Messages, message => message is TimeoutNow);
        Assert.Equal(ProposalResult.TransferInProgress, core.Propose().Proposal);

        RaftOutput caughtUp = core.Receive(Acknowledge(3, term: 1, match: 2));
        Assert.Equal(new NodeId(3), Assert.IsType<TimeoutNow>(Assert.Single(caughtUp.Messages)).To);
    }

    // Thesis §3.10: a transfer that doesn't complete within about an election timeout is given up, and requests are
    // taken again.
    [Fact]
    public void A_transfer_that_takes_too_long_is_given_up()
    {
        SingleCore core = SettledLeader();
        core.Propose();
        core.Step(new TransferLeadership(new NodeId(3)));
        for (int beat = 0; beat < 11; beat++)
        {
            core.Wait(50);
            core.Receive(BeatReply(2, term: 1, round: 1));
            Assert.Equal(new NodeId(3), core.Status.TransferTarget);
        }

        core.Wait(50);
        Assert.True(core.Status.TransferTarget.IsNone);
        Assert.Equal(ProposalResult.Accepted, core.Propose().Proposal);
    }
}
