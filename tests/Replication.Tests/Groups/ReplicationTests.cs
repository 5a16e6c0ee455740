using Replication.Primitives;
using Replication.Raft.Messages;
using Replication.Raft.Primitives;
using Replication.Transport;

namespace Replication.Tests.Groups;

public sealed class ReplicationTests
{
    [Fact]
    public void A_proposal_is_applied_on_every_node_and_its_result_comes_back()
    {
        SteppedCluster cluster = new();
        SteppedNode leader = cluster.ElectLeader();

        TestProposal proposal = cluster.Commit(leader, "a");

        Assert.Equal("a@1", proposal.ResultText);
        Assert.True(cluster.RunUntil(() => cluster.Nodes.All(node => node.Machine.Published.SequenceEqual(["a"]))));
    }

    [Fact]
    public void Proposals_that_wait_together_go_out_in_one_message_per_peer()
    {
        SteppedCluster cluster = new();
        SteppedNode leader = cluster.ElectLeader();
        cluster.RunFor(1);
        int lines = cluster.Lines.Count;

        TestProposal[] proposals = [.. Enumerable.Range(0, 100).Select(i => leader.Propose($"p{i}"))];

        Assert.True(cluster.RunUntil(() => proposals.All(proposal => proposal.IsCommitted)));
        Assert.Equal(2, cluster.Lines.Skip(lines).Count(line =>
            line.Contains("AppendEntries {") && line.EndsWith(" 100")));
        Assert.Equal(proposals.Select((_, i) => $"p{i}@{i + 1}"), proposals.Select(proposal => proposal.ResultText));
    }

    [Fact]
    public void Equal_seeds_give_equal_runs()
    {
        List<string> Run()
        {
            SteppedCluster cluster = new(seed: 7);
            SteppedNode leader = cluster.ElectLeader();
            cluster.Commit(leader, "a");
            cluster.Kill(leader);
            cluster.Commit(cluster.ElectLeader(), "b");
            leader.Start();
            cluster.RunFor(1);
            return cluster.Lines;
        }

        List<string> first = Run();

        Assert.True(first.Count > 100);
        Assert.Equal(first, Run());
    }

    [Fact]
    public void Acknowledged_proposals_survive_the_loss_of_power_on_all_nodes()
    {
        SteppedCluster cluster = new();
        SteppedNode leader = cluster.ElectLeader();
        string[] texts = [.. Enumerable.Range(0, 200).Select(i => $"p{i}")];
        foreach (string text in texts)
        {
            cluster.Commit(leader, text);
        }

        foreach (SteppedNode node in cluster.Nodes)
        {
            cluster.Kill(node);
        }

        foreach (SteppedNode node in cluster.Nodes)
        {
            node.Start();
        }

        cluster.Commit(cluster.ElectLeader(), "after");
        Assert.True(cluster.RunUntil(() => cluster.Nodes.All(node => node.Machine.Commands.Count == texts.Length + 1)));
        Assert.All(cluster.Nodes, node => Assert.Equal([.. texts, "after"], node.Machine.Commands));
    }

    [Fact]
    public void Nothing_is_acknowledged_before_a_majority_has_it_on_disk()
    {
        SteppedCluster cluster = new();
        SteppedNode leader = cluster.ElectLeader();
        cluster.RunFor(1);
        foreach (SteppedNode node in cluster.Nodes.Where(node => node != leader))
        {
            node.IsFlushStalled = true;
        }

        TestProposal proposal = leader.Propose("a");
        cluster.RunFor(0.2);
        Assert.Null(proposal.Result);
        Assert.Empty(leader.Machine.Commands);

        cluster.Follower.IsFlushStalled = false;
        Assert.True(cluster.RunUntil(() => proposal.IsCommitted, 1));
    }

    [Fact]
    public void A_leader_with_a_slow_disk_commits_by_its_followers_but_shows_only_what_it_has_itself()
    {
        SteppedCluster cluster = new();
        SteppedNode leader = cluster.ElectLeader();
        cluster.RunFor(1);
        leader.IsFlushStalled = true;

        TestProposal proposal = leader.Propose("a");
        cluster.RunFor(0.2);
        Assert.Equal(leader.Status.Raft.LastLogId.Index, leader.Status.Raft.CommitIndex);
        Assert.Null(proposal.Result);

        leader.IsFlushStalled = false;
        Assert.True(cluster.RunUntil(() => proposal.IsCommitted, 1));
    }

    [Fact]
    public void A_leader_whose_disk_hangs_gives_leadership_away_and_the_others_go_on()
    {
        SteppedCluster cluster = new();
        SteppedNode leader = cluster.ElectLeader();
        cluster.RunFor(1);
        leader.IsFlushStalled = true;
        TestProposal caught = leader.Propose("a");

        Assert.True(cluster.RunUntil(() => cluster.Leader is { } now && now != leader, 2));
        Assert.Null(caught.Result);
        cluster.Commit(cluster.Leader, "b");
        Assert.False(leader.IsLeader);

        leader.IsFlushStalled = false;
        Assert.True(cluster.RunUntil(() => leader.Machine.Commands.Count == 2, 1));
        Assert.True(caught.IsCommitted);
        Assert.Equal(["a", "b"], leader.Machine.Commands);
    }

    [Fact]
    public void A_leader_whose_disk_hangs_offers_leadership_again_if_nobody_took_it()
    {
        SteppedCluster cluster = new();
        SteppedNode leader = cluster.ElectLeader();
        cluster.RunFor(1);
        bool isLost = true;
        cluster.Loses = (_, _, message) => isLost && message is RaftPeerMessage { Message: TimeoutNow };
        leader.IsFlushStalled = true;
        leader.Propose("a");
        cluster.RunFor(3);
        Assert.True(leader.IsLeader);

        isLost = false;
        Assert.True(cluster.RunUntil(() => cluster.Leader is { } now && now != leader, 3));
    }

    [Fact]
    public void A_disk_that_is_idle_or_finishes_something_now_and_then_costs_nobody_the_leadership()
    {
        SteppedCluster cluster = new();
        SteppedNode leader = cluster.ElectLeader();
        cluster.RunFor(5);
        for (int i = 0; i < 10; i++)
        {
            leader.IsFlushStalled = true;
            leader.Propose($"{i}");
            cluster.RunFor(0.5);
            leader.IsFlushStalled = false;
            cluster.RunFor(0.01);
        }

        Assert.True(leader.IsLeader);
    }

    [Fact]
    public void A_node_that_was_away_reads_old_entries_back_from_disk_and_catches_up()
    {
        SteppedCluster cluster = new(settings: boot => new() { BootId = boot, EntryCacheBytesMax = 4096 });
        SteppedNode leader = cluster.ElectLeader();
        SteppedNode away = cluster.Follower;
        cluster.Kill(away);
        string[] texts = [.. Enumerable.Range(0, 300).Select(i => $"{i}:{new string('x', 500)}")];
        TestProposal[] proposals = [.. texts.Select(leader.Propose)];
        Assert.True(cluster.RunUntil(() => proposals.All(proposal => proposal.IsCommitted)));

        away.Start();

        Assert.True(cluster.RunUntil(() => away.Machine.Commands.Count == texts.Length));
        Assert.Equal(texts, away.Machine.Commands);
    }

    [Fact]
    public void Timestamps_rise_along_the_log_though_the_next_leaders_clock_is_behind()
    {
        SteppedCluster cluster = new();
        SteppedNode first = cluster.ElectLeader();
        cluster.Commit(first, "a");
        cluster.Commit(first, "b");
        foreach (SteppedNode node in cluster.Nodes.Where(node => node != first))
        {
            node.ClockOffset = TimeSpan.FromHours(-1);
        }

        cluster.Kill(first);
        SteppedNode second = cluster.ElectLeader();
        cluster.Commit(second, "c");

        HybridTimestamp[] times = [.. second.Machine.Contexts.Select(context => context.Timestamp)];
        Assert.Equal(3, times.Length);
        Assert.True(times[0] < times[1] && times[1] < times[2]);
        Assert.True(times[2].UnixMilliseconds >= SteppedCluster.UtcOrigin);
    }

    [Fact]
    public void A_single_node_is_its_own_majority()
    {
        SteppedCluster cluster = new(nodes: 1);
        TestProposal proposal = cluster.Commit(cluster.ElectLeader(), "a");

        Assert.Equal("a@1", proposal.ResultText);
        Assert.Equal(new LogIndex(2), proposal.Result!.Value.Id.Index);
    }
}
