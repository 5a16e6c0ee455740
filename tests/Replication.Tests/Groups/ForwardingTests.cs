using Replication.Errors;
using Replication.Groups;
using Replication.Primitives;
using Replication.Raft.Primitives;
using Replication.Transport;

namespace Replication.Tests.Groups;

public sealed class ForwardingTests
{
    [Fact]
    public void A_write_called_on_a_follower_is_committed_and_answered_there()
    {
        SteppedCluster cluster = new();
        cluster.ElectLeader();
        cluster.RunFor(0.2);

        TestProposal proposal = cluster.Commit(cluster.Follower, "a");

        Assert.Equal("a@1", proposal.ResultText);
        Assert.Contains(cluster.Lines, line => line.EndsWith("ForwardedProposalReply"));
    }

    [Fact]
    public void Without_forwarding_it_is_rejected_with_the_leader()
    {
        SteppedCluster cluster = new(settings: boot => new() { BootId = boot, ForwardWrites = false });
        SteppedNode leader = cluster.ElectLeader();
        cluster.RunFor(0.2);

        TestProposal proposal = cluster.Follower.Propose("a");
        cluster.RunFor(0.01);

        Assert.Equal(WriteOutcome.Rejected, proposal.Result!.Value.Outcome);
        Assert.Equal(RejectReason.NotLeader, proposal.Result!.Value.Reason);
        Assert.Equal(leader.Id, proposal.Result!.Value.Leader);
    }

    [Fact]
    public void Lost_on_the_way_it_is_indeterminate_when_its_time_is_up()
    {
        SteppedCluster cluster = new() { Loses = (_, _, message) => message is ForwardedProposal };
        cluster.ElectLeader();
        cluster.RunFor(0.2);

        TestProposal proposal = cluster.Follower.Propose("a");
        cluster.RunFor(9);
        Assert.Null(proposal.Result);
        cluster.RunFor(2);

        Assert.Equal(WriteOutcome.Indeterminate, proposal.Result!.Value.Outcome);
        Assert.All(cluster.Nodes, node => Assert.Empty(node.Machine.Commands));
    }

    [Fact]
    public void A_leader_lost_after_sending_makes_it_indeterminate_though_it_was_committed()
    {
        SteppedCluster cluster = new() { Loses = (_, _, message) => message is ForwardedProposalReply };
        SteppedNode leader = cluster.ElectLeader();
        cluster.RunFor(0.2);
        SteppedNode follower = cluster.Follower;

        TestProposal proposal = follower.Propose("a");
        Assert.True(cluster.RunUntil(() => follower.Machine.Commands.Count == 1));
        cluster.Kill(leader);
        cluster.RunFor(0.01);

        Assert.Equal(WriteOutcome.Indeterminate, proposal.Result!.Value.Outcome);
    }

    [Fact]
    public void A_node_that_faults_ends_what_it_forwarded_as_indeterminate_at_once()
    {
        SteppedCluster cluster = new() { Loses = (_, _, message) => message is ForwardedProposalReply };
        SteppedNode leader = cluster.ElectLeader();
        cluster.RunFor(0.2);
        SteppedNode follower = cluster.Follower;
        TestProposal forwarded = follower.Propose("a");
        Assert.True(cluster.RunUntil(() => leader.Machine.Commands.Count == 1));
        Assert.Null(forwarded.Result);

        follower.Executor.Fail(new StorageFailedException("planted"));

        Assert.Equal(WriteOutcome.Indeterminate, forwarded.Result!.Value.Outcome);
        Assert.Equal(1, forwarded.Ends);
    }

    // In the log it would stop every node that is not upgraded yet.
    [Fact]
    public void What_the_leader_can_t_execute_enters_no_log()
    {
        SteppedCluster cluster = new();
        SteppedNode leader = cluster.ElectLeader();
        cluster.RunFor(0.2);
        LogIndex last = leader.Group.Raft.LastLogId.Index;

        TestProposal newer = cluster.Follower.Propose(RecordingMachine.Newer);
        cluster.RunFor(11);

        Assert.Equal(WriteOutcome.Indeterminate, newer.Result!.Value.Outcome);
        Assert.All(cluster.Nodes, node => Assert.Empty(node.Machine.Commands));
        Assert.Equal(last, leader.Group.Raft.LastLogId.Index);
        cluster.Commit(cluster.Follower, "a");
    }

    [Fact]
    public void Delivered_twice_it_is_executed_once()
    {
        SteppedCluster cluster = new();
        cluster.Loses = (from, to, message) =>
        {
            if (message is ForwardedProposal)
            {
                cluster.Deliver(from, to, message, TimeSpan.FromMilliseconds(3));
                cluster.Deliver(from, to, message, TimeSpan.FromMilliseconds(900));
            }

            return false;
        };
        SteppedNode leader = cluster.ElectLeader();
        cluster.RunFor(0.2);

        cluster.Commit(cluster.Follower, "a");
        cluster.RunFor(2);

        Assert.Equal(["a"], leader.Machine.Commands);
    }

    [Fact]
    public void A_copy_that_arrives_in_a_later_term_is_not_executed()
    {
        SteppedCluster cluster = new();
        ForwardedProposal? caught = null;
        NodeId sender = default;
        cluster.Loses = (from, _, message) =>
        {
            if (message is ForwardedProposal proposal && caught is null)
            {
                (caught, sender) = (proposal, from);
                return true;
            }

            return false;
        };
        SteppedNode leader = cluster.ElectLeader();
        cluster.RunFor(0.2);
        cluster.Follower.Propose("old");
        Assert.True(cluster.RunUntil(() => caught is not null));
        cluster.Kill(leader);
        leader.Start();
        cluster.RunFor(3);

        SteppedNode next = cluster.ElectLeader();
        Assert.True(next.Status.Raft.CurrentTerm > caught!.Term);
        cluster.Deliver(sender == next.Id ? cluster.Follower.Id : sender, next.Id, caught, TimeSpan.Zero);
        cluster.RunFor(1);

        Assert.All(cluster.Nodes, node => Assert.DoesNotContain("old", node.Machine.Commands));
    }

    [Fact]
    public void A_write_waits_for_a_leader_for_a_while_and_is_then_rejected()
    {
        SteppedCluster cluster = new();
        SteppedNode leader = cluster.ElectLeader();
        cluster.RunFor(0.2);
        SteppedNode alone = cluster.Follower;
        cluster.Isolate(alone);
        cluster.RunFor(2);

        TestProposal proposal = alone.Propose("a");
        cluster.RunFor(1);
        Assert.Null(proposal.Result);
        cluster.RunFor(1);

        Assert.Equal(WriteOutcome.Rejected, proposal.Result!.Value.Outcome);
        Assert.Equal(RejectReason.NotLeader, proposal.Result!.Value.Reason);
        Assert.Empty(leader.Machine.Commands);
    }

    [Fact]
    public void A_write_made_while_nobody_leads_is_committed_by_the_next_leader()
    {
        SteppedCluster cluster = new();
        SteppedNode leader = cluster.ElectLeader();
        cluster.RunFor(0.2);
        cluster.Kill(leader);
        Assert.True(cluster.RunUntil(() => cluster.Follower.Status.Raft.Leader.IsNone));

        cluster.Commit(cluster.Follower, "a");

        Assert.True(cluster.RunUntil(() => cluster.Follower.Machine.Published.SequenceEqual(["a"])));
    }

    [Fact]
    public void The_window_accepts_each_request_of_a_process_once_in_any_order()
    {
        ForwardWindow window = new();
        long boot = 5L << 32;

        Assert.True(window.TryAccept(boot + 2));
        Assert.True(window.TryAccept(boot + 1));
        Assert.False(window.TryAccept(boot + 2));
        Assert.True(window.TryAccept(boot + 70_000));
        Assert.False(window.TryAccept(boot + 3), "older than the window");
        Assert.True(window.TryAccept(boot + 69_999));
        Assert.True(window.TryAccept((6L << 32) + 1), "the next process");
        Assert.False(window.TryAccept(boot + 70_001), "the earlier process is gone");
    }
}
