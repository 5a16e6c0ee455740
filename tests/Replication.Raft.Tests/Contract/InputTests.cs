using Replication.Raft.Inputs;
using Replication.Raft.Messages;
using Replication.Raft.Primitives;
using Replication.Raft.Tests.Clusters;
using static Replication.Raft.Tests.Clusters.SingleCore;

namespace Replication.Raft.Tests.Contract;

/// <summary>What the driver may give, and what it may count on.</summary>
public class InputTests
{
    [Fact]
    public void Inputs_that_break_their_contract_change_nothing()
    {
        SingleCore core = SettledLeader();
        RaftStatus before = core.Status;

        Assert.Throws<ArgumentNullException>(() => core.Step(null!));
        Assert.Throws<ArgumentException>(() => core.Propose(count: 0));
        Assert.Throws<ArgumentException>(() => core.Propose(sizeBytes: -1));
        Assert.Throws<ArgumentException>(() => core.Step(new Persisted(99)));
        Assert.Throws<ArgumentException>(() => core.Step(new Persisted(0)));
        Assert.Throws<ArgumentException>(() => core.Step(new TransferLeadership(new NodeId(9))));
        Assert.Throws<ArgumentException>(() => core.Step(new Compacted(new LogIndex(2))));
        Assert.Throws<ArgumentException>(() => core.Receive(Beat(2, 1) with { To = new NodeId(3) }));
        Assert.Throws<ArgumentOutOfRangeException>(() => core.Core.Step(TimePassed.Instance, new Instant(0)));

        Assert.Equal(before, core.Status);
        Assert.Equal(ProposalResult.Accepted, core.Propose().Proposal);
    }

    [Fact]
    public void A_stranger_is_not_heard()
    {
        SingleCore core = Follower();

        RaftOutput output = core.Receive(VoteRequest(from: 9, term: 5, Id(4, 4)));

        Assert.Empty(output.MessagesAfterPersist);
        Assert.Equal(Term.Zero, core.Term);
    }

    [Fact]
    public void The_output_is_one_object_and_each_step_starts_it_anew()
    {
        SingleCore core = SettledLeader();
        RaftOutput first = core.Propose();
        Assert.NotEmpty(first.Messages);

        RaftOutput second = core.Tick();

        Assert.Same(first, second);
        Assert.Empty(second.Messages);
        Assert.False(second.HasSomethingToPersist);
        Assert.Equal(ProposalResult.None, second.Proposal);
        Assert.Equal(LogIndex.Zero, second.AppendLast);
    }

    [Fact]
    public void The_sequence_rises_with_outputs_that_persist_and_with_no_others()
    {
        SingleCore core = SettledLeader();
        long before = core.Tick().PersistSequence;

        Assert.Equal(before + 1, core.Propose().PersistSequence);
        Assert.Equal(before + 1, core.Tick().PersistSequence);
        Assert.Equal(before + 2, core.Propose().PersistSequence);
    }

    [Fact]
    public void A_deadline_that_passed_is_followed_by_a_later_one()
    {
        SingleCore core = SettledLeader();
        for (int step = 0; step < 50; step++)
        {
            RaftOutput output = core.WaitForDeadline();
            Assert.True(output.NextDeadline > core.Now);
        }
    }

    [Fact]
    public void Equal_starts_and_inputs_give_equal_outputs()
    {
        Assert.Equal(Trace(seed: 5), Trace(seed: 5));
        Assert.NotEqual(Trace(seed: 5), Trace(seed: 6));
    }

    [Fact]
    public void A_driver_that_shortens_a_message_is_sent_the_rest()
    {
        SingleCore core = LeaderWithForgottenSizes(entries: 6);

        AppendEntries named = core.Receive(Acknowledge(2, term: 1, match: 1)).Messages.OfType<AppendEntries>().Single();
        Assert.True(named.MayShorten);
        Assert.Equal((2, 6), (named.FirstIndex.Value, named.LastIndex.Value));

        RaftOutput output = core.Step(new EntriesSent(new NodeId(2), new LogIndex(3)));
        AppendEntries rest = output.Messages.OfType<AppendEntries>().Single();
        Assert.Equal((4, 6), (rest.FirstIndex.Value, rest.LastIndex.Value));
        Assert.Equal(new LogIndex(7), core.Core.Peers[0].NextIndex);
    }

    [Fact]
    public void A_driver_that_shortens_nothing_need_say_nothing()
    {
        SingleCore core = LeaderWithForgottenSizes(entries: 6);
        core.Receive(Acknowledge(2, term: 1, match: 1));

        core.Receive(Acknowledge(2, term: 1, match: 6));

        Assert.Equal(new LogIndex(8), core.Core.Peers[0].NextIndex);
    }

    [Fact]
    public void A_steady_leader_allocates_nothing_but_its_messages()
    {
        SingleCore core = SettledLeader();
        RaftInput propose = new Propose { Entries = new EntryHeader[] { new(default, EntryKind.Command, 100) } };
        Settle(core, propose, rounds: 1_000);

        long before = GC.GetAllocatedBytesForCurrentThread();
        int messages = Settle(core, propose, rounds: 1_000);
        long perMessage = (GC.GetAllocatedBytesForCurrentThread() - before) / messages;

        // Two AppendEntries of the leader, two answers and the inputs around them that this test makes itself.
        Assert.InRange(perMessage, 0, 260);
    }

    private static int Settle(SingleCore core, RaftInput propose, int rounds)
    {
        int messages = 0;
        for (int round = 0; round < rounds; round++)
        {
            messages += core.Step(propose).Messages.Count;
            core.Persist();
            long last = core.Status.LastLogId.Index.Value;
            core.Receive(Acknowledge(2, core.Term.Value, last));
            core.Receive(Acknowledge(3, core.Term.Value, last));
        }

        return messages;
    }

    private static SingleCore LeaderWithForgottenSizes(int entries)
    {
        RaftConfig config = NewConfig(voters: 2);
        SingleCore core = Follower(
            new RaftConfig { NodeId = config.NodeId, Voters = config.Voters, Seed = 1, EntrySizesMax = 1 },
            new RaftRecovery());
        core.Stand();
        core.Persist();
        core.Receive(VoteReply(2, term: 1));
        core.Persist();
        core.Propose(entries);
        core.Persist();
        return core;
    }

    private static List<string> Trace(ulong seed)
    {
        SingleCore core = Follower(voters: 3, seed: seed);
        List<string> trace = [];
        for (int step = 0; step < 20; step++)
        {
            RaftOutput output = core.WaitForDeadline();
            trace.Add($"{output.NextDeadline} {core.Status} {string.Join(';', output.Messages)}");
        }

        return trace;
    }
}
