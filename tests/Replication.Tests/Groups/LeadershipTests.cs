using Replication.Errors;
using Replication.Primitives;
using Replication.Raft.Primitives;

namespace Replication.Tests.Groups;

public sealed class LeadershipTests
{
    [Fact]
    public void Proposals_pending_on_a_deposed_leader_are_never_reported_as_failed_nor_answered_with_anothers_result()
    {
        SteppedCluster cluster = new();
        SteppedNode old = cluster.ElectLeader();
        cluster.RunFor(0.2);
        cluster.Isolate(old);
        TestProposal[] lost = [.. Enumerable.Range(0, 5).Select(i => old.Propose($"lost{i}"))];
        Assert.True(cluster.RunUntil(() => cluster.Nodes.Any(node => node != old && node.IsLeader)));
        SteppedNode next = cluster.Nodes.First(node => node != old && node.IsLeader);
        for (int i = 0; i < 10; i++)
        {
            cluster.Commit(next, $"kept{i}");
        }

        cluster.Heal();
        Assert.True(cluster.RunUntil(() => old.Machine.Commands.Count == 10));

        Assert.All(lost, proposal => Assert.Equal(WriteOutcome.Indeterminate, proposal.Result!.Value.Outcome));
        Assert.All(cluster.Nodes, node => Assert.DoesNotContain(node.Machine.Commands, command =>
            command.StartsWith("lost", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_proposal_that_outlives_its_leader_is_still_answered_as_committed()
    {
        SteppedCluster cluster = new();
        SteppedNode leader = cluster.ElectLeader();
        cluster.RunFor(0.2);
        leader.IsFlushStalled = true;
        TestProposal proposal = leader.Propose("a");
        Assert.True(cluster.RunUntil(() => cluster.Follower.Machine.Commands.Count == 1));
        cluster.Isolate(leader);
        Assert.True(cluster.RunUntil(() => !leader.IsLeader));

        cluster.Heal();
        leader.IsFlushStalled = false;

        Assert.True(cluster.RunUntil(() => proposal.IsCommitted));
        Assert.Equal("a@1", proposal.ResultText);
    }

    [Fact]
    public void A_node_that_stops_gives_leadership_away_refuses_new_writes_and_finishes_pending_ones()
    {
        SteppedCluster cluster = new();
        SteppedNode leader = cluster.ElectLeader();
        cluster.RunFor(0.2);
        TestProposal pending = leader.Propose("a");
        leader.Post(new Replication.Groups.Shell.StopCommand());
        TestProposal late = leader.Propose("b");

        Assert.True(cluster.RunUntil(() => leader.Executor.IsDrained && !leader.IsLeader, 2));

        Assert.NotNull(pending.Result);
        Assert.NotEqual(WriteOutcome.Indeterminate, pending.Result!.Value.Outcome);
        Assert.Equal(RejectReason.Stopping, late.Result!.Value.Reason);
        Assert.True(cluster.RunUntil(() => cluster.Leader is not null && cluster.Leader != leader, 1));
    }

    [Fact]
    public void A_failed_flush_stops_the_node_and_acknowledges_nothing()
    {
        FaultyDisk? disk = null;
        SteppedCluster cluster = new(nodes: 1, disks: (_, files) => disk = new FaultyDisk(files));
        SteppedNode node = cluster.ElectLeader();
        cluster.Commit(node, "a");
        disk!.FailsSyncs = true;

        TestProposal inFlight = node.Propose("b");
        Assert.True(cluster.RunUntil(() => node.Fault is not null));
        TestProposal late = node.Propose("c");
        TestRead read = node.Read();
        cluster.RunFor(0.1);

        Assert.True(disk.Hits > 0);
        Assert.IsType<StorageFailedException>(node.Fault);
        Assert.Equal(WriteOutcome.Indeterminate, inFlight.Result!.Value.Outcome);
        Assert.IsType<StorageFailedException>(late.Error);
        Assert.IsType<StorageFailedException>(read.Error);
        Assert.Equal(["a"], node.Machine.Commands);
    }

    [Fact]
    public void A_leader_whose_disk_fails_is_replaced_and_the_cluster_goes_on()
    {
        Dictionary<NodeId, FaultyDisk> disks = [];
        SteppedCluster cluster = new(disks: (id, files) => disks[id] = new FaultyDisk(files));
        SteppedNode leader = cluster.ElectLeader();
        cluster.Commit(leader, "a");
        disks[leader.Id].FailsSyncs = true;
        TestProposal pending = leader.Propose("b");
        Assert.True(cluster.RunUntil(() => leader.Fault is not null));
        Assert.NotEqual(WriteOutcome.Rejected, pending.Result!.Value.Outcome);

        Assert.True(cluster.RunUntil(() => cluster.Leader is { Fault: null } next && next != leader));
        cluster.Commit(cluster.Leader, "c");
    }

    [Fact]
    public void A_state_machine_that_throws_stops_the_node_with_the_entry_named()
    {
        SteppedCluster cluster = new(nodes: 1);
        SteppedNode node = cluster.ElectLeader();
        TestProposal before = node.Propose("a");
        TestProposal poison = node.Propose(RecordingMachine.Poison);

        Assert.True(cluster.RunUntil(() => node.Fault is not null));

        Assert.Contains("1/3", node.Fault!.Message, StringComparison.Ordinal);
        Assert.IsType<FormatException>(node.Fault.InnerException);
        Assert.Equal(WriteOutcome.Indeterminate, before.Result!.Value.Outcome);
        Assert.Equal(WriteOutcome.Indeterminate, poison.Result!.Value.Outcome);
    }
}
