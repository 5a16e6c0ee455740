using Replication.Raft.Inputs;
using Replication.Raft.Messages;
using Replication.Raft.Primitives;
using Replication.Raft.Tests.Clusters;
using static Replication.Raft.Tests.Clusters.SingleCore;

namespace Replication.Raft.Tests.Paper;

/// <summary>What the paper (§8) and the thesis (§6.4) ask of reads, step by step.</summary>
public class ReadPaperTests
{
    // Paper §8: a leader answers a read only after it exchanged heartbeats with a majority, begun after the read came.
    [Fact]
    public void A_read_is_confirmed_by_a_round_that_began_after_it()
    {
        SingleCore core = SettledLeader(voters: 5);

        RaftOutput asked = core.Step(new ReadRequested(7));
        long round = Assert.IsType<Heartbeat>(asked.Messages[^1]).Round;
        Assert.Empty(asked.Reads);

        Assert.Empty(core.Receive(BeatReply(2, term: 1, round - 1)).Reads);
        Assert.Empty(core.Receive(BeatReply(3, term: 1, round - 1)).Reads);
        Assert.Empty(core.Receive(BeatReply(2, term: 1, round)).Reads);
        Assert.Empty(core.Receive(BeatReply(2, term: 1, round)).Reads);

        ReadIndexResult read = Assert.Single(core.Receive(BeatReply(4, term: 1, round)).Reads);
        Assert.Equal(new ReadIndexResult(7, true, new LogIndex(1)), read);
    }

    // Thesis §6.4, step 3: the round must have begun after the read, in the leader's own term. A heartbeat that the
    // same node sent as leader of an earlier term may arrive this late, and is answered with the term of now.
    [Fact]
    public void An_answer_to_a_heartbeat_of_an_earlier_term_names_no_round_of_the_current_one()
    {
        SingleCore core = Follower(term: 7);

        HeartbeatReply reply = Assert.IsType<HeartbeatReply>(
            Assert.Single(core.Receive(Beat(2, term: 5, round: 497)).Messages));

        Assert.Equal(new Term(7), reply.Term);
        Assert.Equal(0, reply.Round);
    }

    // Thesis §6.4, step 1: until an entry of the leader's own term is committed, it doesn't know what is.
    [Fact]
    public void No_read_is_confirmed_before_the_no_op_is_committed()
    {
        SingleCore core = Leader(log: [1, 1], term: 1);
        long round = core.Step(new ReadRequested(7)).Messages.OfType<Heartbeat>().First().Round;
        core.Receive(BeatReply(2, term: 2, round));
        Assert.Empty(core.Receive(BeatReply(3, term: 2, round)).Reads);

        core.Persist();
        ReadIndexResult read = Assert.Single(core.Receive(Acknowledge(2, term: 2, match: 3)).Reads);
        Assert.Equal(new LogIndex(3), read.Index);
    }

    // Thesis §6.4: one round of heartbeats serves any number of reads that came before it.
    [Fact]
    public void One_round_serves_all_reads_that_came_before_it()
    {
        SingleCore core = SettledLeader();
        long first = core.Step(new ReadRequested(1)).Messages.OfType<Heartbeat>().First().Round;
        Assert.Empty(core.Step(new ReadRequested(2)).Messages);
        Assert.Empty(core.Step(new ReadRequested(3)).Messages);

        RaftOutput output = core.Receive(BeatReply(2, term: 1, first));
        Assert.Equal([1], output.Reads.Select(read => read.ReadId));
        long second = output.Messages.OfType<Heartbeat>().First().Round;

        Assert.Equal([2, 3], core.Receive(BeatReply(2, term: 1, second)).Reads.Select(read => read.ReadId));
    }

    // Thesis §6.4: a follower asks the leader for the read index, and the leader confirms as for its own reads.
    [Fact]
    public void A_follower_asks_its_leader_and_passes_the_answer_on()
    {
        SingleCore core = Follower(log: [1]);
        core.Receive(Beat(from: 2, term: 1, commit: 1));

        long wireId = Assert.IsType<ReadIndexRequest>(Assert.Single(core.Step(new ReadRequested(5)).Messages)).ReadId;

        Assert.Empty(core.Receive(Reply(wireId + 1, 9)).Reads);
        ReadIndexResult read = Assert.Single(core.Receive(Reply(wireId, 9)).Reads);
        Assert.Equal(new ReadIndexResult(5, true, new LogIndex(9)), read);
        Assert.Empty(core.Receive(Reply(wireId, 9)).Reads);
    }

    // Thesis §6.4: the leader answers a follower's request when a round confirms it.
    [Fact]
    public void A_leader_answers_a_followers_request_after_a_round()
    {
        SingleCore core = SettledLeader();
        RaftOutput asked = core.Receive(
            new ReadIndexRequest { From = new NodeId(3), To = new NodeId(1), Term = new Term(1), ReadId = 44 });
        long round = asked.Messages.OfType<Heartbeat>().First().Round;

        ReadIndexReply reply = core.Receive(BeatReply(2, term: 1, round)).Messages.OfType<ReadIndexReply>().Single();

        Assert.True(reply is { ReadId: 44, Confirmed: true, Index.Value: 1, To.Value: 3 });
    }

    // A read never hangs: without a leader it fails at once.
    [Fact]
    public void A_read_without_a_leader_fails_at_once()
    {
        Assert.False(Assert.Single(Follower().Step(new ReadRequested(1)).Reads).Confirmed);
    }

    // A read never hangs: without an answer it fails after an election timeout, though heartbeats keep coming.
    [Fact]
    public void A_forwarded_read_without_an_answer_fails_after_an_election_timeout()
    {
        SingleCore core = Follower();
        core.Receive(Beat(from: 2, term: 1));
        core.Step(new ReadRequested(1));
        for (int beat = 0; beat < 11; beat++)
        {
            Assert.Empty(core.Wait(50).Reads);
            core.Receive(Beat(from: 2, term: 1));
        }

        Assert.Equal(new ReadIndexResult(1, false, LogIndex.Zero), Assert.Single(core.Wait(50).Reads));
    }

    // A read never hangs: when its leader is gone, it fails.
    [Fact]
    public void A_forwarded_read_fails_when_the_leader_changes()
    {
        SingleCore core = Follower();
        core.Receive(Beat(from: 2, term: 1));
        core.Step(new ReadRequested(1));

        Assert.False(Assert.Single(core.Receive(Beat(from: 3, term: 2)).Reads).Confirmed);
    }

    // Thesis §6.4: a deposed leader confirms nothing; its own reads and those of others fail.
    [Fact]
    public void A_leader_that_loses_its_office_fails_the_reads_that_wait_on_it()
    {
        SingleCore core = SettledLeader();
        core.Step(new ReadRequested(1));
        core.Receive(
            new ReadIndexRequest { From = new NodeId(3), To = new NodeId(1), Term = new Term(1), ReadId = 44 });

        RaftOutput output = core.Receive(Beat(from: 2, term: 2));

        Assert.False(Assert.Single(output.Reads).Confirmed);
        Assert.False(output.Messages.OfType<ReadIndexReply>().Single().Confirmed);
    }

    // A follower that isn't the leader refuses instead of keeping the reader waiting.
    [Fact]
    public void A_node_that_does_not_lead_refuses_a_forwarded_read()
    {
        RaftOutput output = Follower(term: 1).Receive(
            new ReadIndexRequest { From = new NodeId(3), To = new NodeId(1), Term = new Term(1), ReadId = 44 });

        Assert.False(Assert.IsType<ReadIndexReply>(Assert.Single(output.Messages)).Confirmed);
    }

    private static ReadIndexReply Reply(long wireId, long index) => new()
    {
        From = new NodeId(2),
        To = new NodeId(1),
        Term = new Term(1),
        ReadId = wireId,
        Confirmed = true,
        Index = new LogIndex(index),
    };
}
