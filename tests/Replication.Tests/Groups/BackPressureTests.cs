using Replication.Primitives;
using Replication.Raft.Primitives;

namespace Replication.Tests.Groups;

public sealed class BackPressureTests
{
    private static readonly string Kilobyte = new('x', 1000);

    [Fact]
    public void Proposals_beyond_the_budget_wait_outside_the_log_until_there_is_room()
    {
        SteppedCluster cluster = new(settings: boot => new() { BootId = boot, PendingBytesMax = 10_000 });
        SteppedNode leader = cluster.ElectLeader();
        cluster.RunFor(0.2);
        leader.IsFlushStalled = true;

        TestProposal[] proposals = [.. Enumerable.Range(0, 25).Select(_ => leader.Propose(Kilobyte))];
        cluster.RunFor(0.2);
        Assert.Equal(11, leader.Status.Raft.LastLogId.Index.Value);

        leader.IsFlushStalled = false;
        Assert.True(cluster.RunUntil(() => proposals.All(proposal => proposal.IsCommitted), 1));
    }

    [Fact]
    public void A_proposal_that_found_no_room_in_its_time_is_rejected_and_in_no_log()
    {
        SteppedCluster cluster = new(settings: boot => new() { BootId = boot, PendingBytesMax = 10_000 });
        SteppedNode leader = cluster.ElectLeader();
        cluster.RunFor(0.2);
        leader.IsFlushStalled = true;

        TestProposal[] proposals = [.. Enumerable.Range(0, 11).Select(_ => leader.Propose(Kilobyte))];
        cluster.RunFor(11);

        Assert.All(proposals[..10], proposal =>
            Assert.Equal(WriteOutcome.Indeterminate, proposal.Result!.Value.Outcome));
        Assert.Equal(WriteOutcome.Rejected, proposals[10].Result!.Value.Outcome);
        Assert.Equal(RejectReason.Overloaded, proposals[10].Result!.Value.Reason);
        leader.IsFlushStalled = false;
        cluster.RunFor(1);
        Assert.Equal(10, leader.Machine.Commands.Count);
        Assert.All(proposals, proposal => Assert.Equal(1, proposal.Ends));
    }

    [Fact]
    public void A_proposal_withdrawn_while_it_waits_enters_no_log()
    {
        SteppedCluster cluster = new(settings: boot => new() { BootId = boot, PendingBytesMax = 10_000 });
        SteppedNode leader = cluster.ElectLeader();
        cluster.RunFor(0.2);
        leader.IsFlushStalled = true;
        TestProposal[] proposals = [.. Enumerable.Range(0, 12).Select(_ => leader.Propose(Kilobyte))];
        cluster.RunFor(0.1);

        proposals[10].IsWithdrawn = true;
        leader.IsFlushStalled = false;
        Assert.True(cluster.RunUntil(() => proposals[11].IsCommitted));

        Assert.Null(proposals[10].Result);
        Assert.Equal(11, leader.Machine.Commands.Count);
    }

    [Fact]
    public void A_log_that_an_absent_member_keeps_from_shrinking_refuses_writes_and_opens_when_it_is_back()
    {
        SteppedCluster cluster = new(settings: boot => new()
        {
            BootId = boot, CheckpointLogBytes = 10_000, LogBytesMax = 50_000, TrailingEntries = 4,
                EntryCacheBytesMax = 8_000,
        });
        SteppedNode leader = cluster.ElectLeader();
        SteppedNode away = cluster.Follower;
        cluster.Kill(away);

        RejectReason reason = RejectReason.None;
        for (int i = 0; i < 200 && reason == RejectReason.None; i++)
        {
            reason = ReasonOf(cluster, leader);
        }

        Assert.Equal(RejectReason.LogFull, reason);
        Assert.Equal(away.Id, leader.Status.LogHeldBackBy);
        Assert.InRange(leader.Status.LogBytes, 50_000, 52_000);

        away.Start();
        Assert.True(cluster.RunUntil(() =>
            away.Status.AppliedId == leader.Status.AppliedId && leader.Status.LogBytes < 45_000));
        cluster.Commit(leader, "again");
        Assert.Equal(NodeId.None, leader.Status.LogHeldBackBy);
    }

    [Fact]
    public void A_full_log_that_gave_up_a_little_still_refuses_writes_and_opens_when_a_tenth_is_free()
    {
        SteppedCluster cluster = new(settings: boot => new()
        {
            BootId = boot, CheckpointLogBytes = 10_000, LogBytesMax = 50_000, TrailingEntries = 0,
                EntryCacheBytesMax = 8_000,
        });
        SteppedNode leader = cluster.ElectLeader();
        SteppedNode away = cluster.Follower;
        leader.IsBackgroundStalled = true;
        for (int i = 0; i < 3; i++)
        {
            cluster.Commit(leader, Kilobyte);
        }

        cluster.RunFor(1);
        cluster.Kill(away);
        while (ReasonOf(cluster, leader) == RejectReason.None)
        {
            Assert.InRange(leader.Status.LogBytes, 0, 52_000);
        }

        // With a checkpoint what the absent member has goes, which is less than a tenth.
        leader.IsBackgroundStalled = false;
        Assert.True(cluster.RunUntil(() => leader.Status.LogBytes < 50_000));
        Assert.InRange(leader.Status.LogBytes, 47_000, 50_000);
        Assert.Equal(RejectReason.LogFull, ReasonOf(cluster, leader));

        away.Start();
        Assert.True(cluster.RunUntil(() => leader.Status.LogBytes < 45_000));
        Assert.Equal(RejectReason.None, ReasonOf(cluster, leader));
    }

    [Theory]
    [InlineData(46_000)]
    [InlineData(60_000)]
    public void A_single_entry_as_large_as_the_log_may_be_does_not_keep_it_full(int bytes)
    {
        SteppedCluster cluster = new(settings: boot => new()
        {
            BootId = boot, CheckpointLogBytes = 10_000, LogBytesMax = 50_000, TrailingEntries = 4,
        });
        SteppedNode leader = cluster.ElectLeader();
        cluster.Commit(leader, Kilobyte);
        cluster.Commit(leader, new string('x', 5_000));
        cluster.Commit(leader, new string('x', bytes));
        cluster.RunFor(1);

        cluster.Commit(leader, "again");
        cluster.Commit(leader, new string('x', bytes));
        cluster.RunFor(1);
        cluster.Commit(leader, "and again");
    }

    [Fact]
    public void A_checkpoint_lets_the_log_go_on_disk_too_and_a_restart_needs_no_replay_of_it()
    {
        SteppedCluster cluster = new(settings: boot => new()
        {
            BootId = boot, CheckpointLogBytes = 50_000, LogBytesMax = 10_000_000, TrailingEntries = 4,
        });
        SteppedNode leader = cluster.ElectLeader();
        for (int i = 0; i < 1000; i++)
        {
            cluster.Commit(leader, $"{i}:{Kilobyte}");
        }

        cluster.RunFor(1);
        Assert.All(cluster.Nodes, node => Assert.InRange(node.Status.LogBytes, 1, 250_000));
        Assert.All(cluster.Nodes, node => Assert.InRange(node.WrittenBytes, 1, 700_000));
        SteppedNode node = cluster.Follower;
        cluster.Kill(node);
        node.Start();
        Assert.InRange(node.Machine.Commands.Count, 900, 1000);
        Assert.True(cluster.RunUntil(() => node.Machine.Commands.Count == 1000));
        Assert.Equal(leader.Machine.Commands, node.Machine.Commands);
    }

    [Fact]
    public void Proposals_wait_while_checkpoints_are_behind_what_was_applied_and_go_on_when_one_is_durable()
    {
        SteppedCluster cluster = new(settings: boot => new() { BootId = boot, CheckpointLogBytes = 10_000 });
        SteppedNode leader = cluster.ElectLeader();
        cluster.RunFor(0.2);
        leader.Machine.UnwrittenBytesPerCommand = 1_000;
        leader.IsBackgroundStalled = true;
        for (int i = 0; i < 41; i++)
        {
            cluster.Commit(leader, Kilobyte);
        }

        long last = leader.Status.Raft.LastLogId.Index.Value;
        TestProposal waiting = leader.Propose(Kilobyte);
        cluster.RunFor(2);
        Assert.Null(waiting.Result);
        Assert.Equal(last, leader.Status.Raft.LastLogId.Index.Value);
        Assert.Equal(41_000, leader.Machine.UnwrittenBytes);

        leader.IsBackgroundStalled = false;
        Assert.True(cluster.RunUntil(() => waiting.IsCommitted, 1));
    }

    [Fact]
    public void A_few_bytes_of_log_that_change_much_state_bring_a_checkpoint_too()
    {
        SteppedCluster cluster = new(settings: boot => new() { BootId = boot, CheckpointLogBytes = 100_000 });
        SteppedNode leader = cluster.ElectLeader();
        leader.Machine.UnwrittenBytesPerCommand = 50_000;
        cluster.Commit(leader, "a");
        cluster.RunFor(0.1);
        Assert.Equal(LogId.Zero, leader.Status.CheckpointId);

        TestProposal second = cluster.Commit(leader, "b");
        Assert.True(cluster.RunUntil(() => leader.Status.CheckpointId == second.Result!.Value.Id, 1));
        Assert.Equal(0, leader.Machine.UnwrittenBytes);
    }

    [Fact]
    public void A_disk_below_its_reserve_rejects_writes_and_gives_leadership_away_until_it_has_room()
    {
        SteppedCluster cluster = new();
        SteppedNode leader = cluster.ElectLeader();
        cluster.RunFor(2);
        leader.Disk.CapacityBytes = SteppedCluster.DiskReserveBytes;

        Assert.True(cluster.RunUntil(() => !leader.IsLeader && cluster.Leader is not null, 5));
        foreach (SteppedNode node in cluster.Nodes)
        {
            node.Disk.CapacityBytes = SteppedCluster.DiskReserveBytes;
        }

        cluster.RunFor(2);
        Assert.True(cluster.RunUntil(() => cluster.Leader is { } now && now.Status.Raft.TransferTarget.IsNone));
        TestProposal rejected = cluster.Leader.Propose("a");
        Assert.True(cluster.RunUntil(() => rejected.Result is not null));
        Assert.Equal(WriteOutcome.Rejected, rejected.Result!.Value.Outcome);
        Assert.Contains(rejected.Result!.Value.Reason, new[] { RejectReason.DiskFull,
            RejectReason.TransferInProgress, RejectReason.NotLeader });

        foreach (SteppedNode node in cluster.Nodes)
        {
            node.Disk.CapacityBytes = 1L << 40;
        }

        cluster.RunFor(3);
        cluster.Commit(cluster.ElectLeader(), "b");
    }

    private static RejectReason ReasonOf(SteppedCluster cluster, SteppedNode leader)
    {
        TestProposal proposal = leader.Propose(Kilobyte);
        Assert.True(cluster.RunUntil(() => proposal.Result is not null));
        return proposal.Result!.Value.Reason;
    }
}
