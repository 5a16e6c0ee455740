using System.Diagnostics;
using Harness.Kill;
using KvProcesses.Verification;
using KvProcesses.Workloads;
using Replication.ProcessTests.Support;

namespace Replication.ProcessTests.Clusters;

public sealed class FailoverTests
{
    private const int Clients = 8;
    private readonly WriteLedger _ledger = new(keys: 200);

    [Fact]
    public async Task Three_nodes_lose_their_leader_and_nothing_else_and_the_restarted_node_catches_up()
    {
        await using TestCluster cluster = await TestCluster.StartAsync();
        StampedLoad load = new(cluster.Client, _ledger, valueBytes: 200);
        await load.WriteAllAsync(Clients, CancellationToken.None);
        using CancellationTokenSource stop = new();
        Task clients = load.RunAsync(Clients, 0.3, r => r.Next(0, _ledger.Keys), seed: 1, stop.Token);

        int leader = await cluster.LeaderAsync();
        long killed = Stopwatch.GetTimestamp();
        cluster.Nodes[leader].Kill();
        await cluster.Nodes[leader].WaitForExitAsync(TimeSpan.FromSeconds(30));
        load.Outage.Mark(killed);
        await TestCluster.EventuallyAsync(
            "a write is acknowledged after the kill", () => Task.FromResult(load.Outage.Duration is not null));
        Assert.NotEqual(leader, await cluster.LeaderAsync());
        long before = _ledger.Acknowledged;
        await TestCluster.EventuallyAsync(
            "a hundred more writes", () => Task.FromResult(_ledger.Acknowledged > before + 100));
        await cluster.Nodes.StartAsync(leader);
        await cluster.CatchUpAsync(leader);
        await stop.CancelAsync();
        await clients;

        await AssertNothingLostAsync(cluster, load);
    }

    [Fact]
    public async Task A_leader_asked_to_stop_hands_over_and_exits_within_ten_seconds_with_nothing_lost()
    {
        await using TestCluster cluster = await TestCluster.StartAsync();
        StampedLoad load = new(cluster.Client, _ledger, valueBytes: 200);
        await load.WriteAllAsync(Clients, CancellationToken.None);
        using CancellationTokenSource stop = new();
        Task clients = load.RunAsync(Clients, 0.3, r => r.Next(0, _ledger.Keys), seed: 2, stop.Token);

        int leader = await cluster.LeaderAsync();
        long term = (await cluster.Client.ViewAsync(leader))!.Term;
        long began = Stopwatch.GetTimestamp();
        cluster.Nodes[leader].Terminate();
        int code = await cluster.Nodes[leader].WaitForExitAsync(TimeSpan.FromSeconds(30));
        load.Outage.Mark(began);

        Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(10), "The stop took 10 s or more.");
        Assert.Equal(0, code);

        // Two streams are logged: the order of their last lines is not that of their writing.
        await TestCluster.EventuallyAsync("the node says that it stopped", () => Task.FromResult(
            cluster.Nodes[leader].Log.Recent(20).Any(
                line => line.Contains("\"event\":\"stopped\"", StringComparison.Ordinal))));
        int next = await cluster.LeaderAsync();
        Assert.NotEqual(leader, next);

        // A transfer costs one election; a leader that just vanished would cost a timeout first, but no more terms.
        Assert.Equal(term + 1, (await cluster.Client.ViewAsync(next))!.Term);
        await TestCluster.EventuallyAsync("writes go on", () => Task.FromResult(load.Outage.Duration is not null));
        await cluster.Nodes.StartAsync(leader);
        await cluster.CatchUpAsync(leader);
        await stop.CancelAsync();
        await clients;
        await AssertNothingLostAsync(cluster, load);
    }

    [Fact]
    public async Task A_paused_leader_is_replaced_and_serves_nothing_stale_when_it_goes_on()
    {
        await using TestCluster cluster = await TestCluster.StartAsync();
        StampedLoad load = new(cluster.Client, _ledger, valueBytes: 200);
        await load.WriteAllAsync(Clients, CancellationToken.None);
        using CancellationTokenSource stop = new();
        Task clients = load.RunAsync(Clients, 0.5, r => r.Next(0, _ledger.Keys), seed: 3, stop.Token);

        int leader = await cluster.LeaderAsync();
        cluster.Nodes[leader].Pause();
        await TestCluster.EventuallyAsync("another node leads", async () =>
        {
            int other = cluster.Nodes.NodeIds.First(id => id != leader);
            return await cluster.Client.ViewAsync(other) is { Leader: > 0 } view && view.Leader != leader;
        });
        cluster.Nodes[leader].Resume();
        await cluster.CatchUpAsync(leader);
        long before = _ledger.Acknowledged;
        await TestCluster.EventuallyAsync("writes go on", () => Task.FromResult(_ledger.Acknowledged > before + 50));
        await stop.CancelAsync();
        await clients;
        await AssertNothingLostAsync(cluster, load);
    }

    [Fact]
    public async Task Five_rounds_of_the_kill_test_lose_nothing_and_leave_equal_replicas()
    {
        using KvProcesses.Processes.TemporaryDirectory directory = new("replication-kill-test");
        List<string> lines = [];
        KillOptions options = new() { Rounds = 5, Clients = 8, Keys = 200, Seed = 20, Moment =
            (TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(1200)) };

        int failed = await new KillTest(options, directory.Path, lines.Add).RunAsync();

        Assert.True(failed == 0, string.Join('\n', lines));
        Assert.Equal(7, lines.Count);
    }

    private async Task AssertNothingLostAsync(TestCluster cluster, StampedLoad load)
    {
        VerificationReport report = await new ReadBack(cluster.Client, _ledger, StampedLoad.KeyName).RunAsync(Clients);
        Assert.True(report.IsClean, string.Join(", ", report.Findings));
        Assert.Equal(_ledger.Keys, report.KeysChecked);
        Assert.Equal(0, load.Counters.StaleReads);
        using CancellationTokenSource limit = new(TestCluster.Patience);
        IReadOnlyList<ReplicaContent> replicas =
            await ReplicaContent.ReadAllAsync(cluster.Client, cluster.Nodes.NodeIds, limit.Token);
        Assert.Single(replicas.Select(r => (r.Applied, r.Keys, r.Hash)).Distinct());
        Assert.Equal(_ledger.Keys, replicas[0].Keys);
    }
}
