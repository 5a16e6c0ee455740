using System.Diagnostics;
using Replication.Errors;
using Replication.Groups.Shell;
using Replication.Hosting;
using Replication.Kv;
using Replication.Primitives;
using Replication.Raft.Primitives;
using static Replication.Tests.Hosting.HostCluster;

namespace Replication.Tests.Hosting;

public sealed class ReplicaHostTests
{
    [Fact]
    public async Task What_one_node_writes_every_node_reads()
    {
        await using HostCluster cluster = await HostCluster.StartAsync();
        ReplicaHost leader = await cluster.LeaderAsync();

        KeyValueWriteResult written = await leader.KeyValueStore(Store).PutAsync(Bytes("k"), Bytes("v"));

        Assert.Equal(WriteOutcome.Committed, written.Outcome);
        foreach (ReplicaHost host in cluster.Hosts)
        {
            KeyValueReadResult read = await host.KeyValueStore(Store).GetAsync(Bytes("k"));
            Assert.Equal("v", Text(read.Value));
        }
    }

    [Fact]
    public async Task A_write_called_on_a_follower_is_committed_by_the_leader()
    {
        await using HostCluster cluster = await HostCluster.StartAsync();
        ReplicaHost follower = await cluster.FollowerAsync();

        KeyValueWriteResult written = await follower.KeyValueStore(Store).PutAsync(Bytes("k"), Bytes("v"));

        Assert.Equal(WriteOutcome.Committed, written.Outcome);
        Assert.Equal("v", Text((await follower.KeyValueStore(Store).GetAsync(Bytes("k"))).Value));
    }

    [Fact]
    public async Task Without_forwarding_a_follower_rejects_and_names_the_leader()
    {
        await using HostCluster cluster = await HostCluster.StartAsync(options => options.ForwardWrites = false);
        ReplicaHost leader = await cluster.LeaderAsync();
        ReplicaHost follower = await cluster.FollowerAsync();

        KeyValueWriteResult written = await follower.KeyValueStore(Store).PutAsync(Bytes("k"), Bytes("v"));

        Assert.Equal(WriteOutcome.Rejected, written.Outcome);
        Assert.Equal(RejectReason.NotLeader, written.Reason);
        Assert.Equal(leader.NodeId, written.Leader);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_caller_goes_on_within_a_step_of_the_host_only_if_that_is_allowed(bool isAllowed)
    {
        await using HostCluster cluster =
            await HostCluster.StartAsync(options => options.AllowSynchronousContinuations = isAllowed);
        KeyValueStore store = (await cluster.LeaderAsync()).KeyValueStore(Store);
        int withinAStep = 0;
        for (int i = 0; i < 100; i++)
        {
            // From the pool: a write must not begin on the thread that ended the one before.
            withinAStep += await Task.Run(() => EndsWithinAStepOfTheHostAsync(store)) ? 1 : 0;
        }

        Assert.Equal(isAllowed, withinAStep > 0);
    }

    [Fact]
    public async Task Many_concurrent_writes_all_commit_and_each_gets_its_own_result()
    {
        await using HostCluster cluster = await HostCluster.StartAsync();
        KeyValueStore[] stores = [.. cluster.Hosts.Select(host => host.KeyValueStore(Store))];
        await cluster.LeaderAsync();

        KeyValueWriteResult[] results = await Task.WhenAll(Enumerable.Range(0, 3000).Select(async i =>
            await stores[i % 3].WriteAsync(new KeyValueBatch().Put(Bytes($"k{i}"),
                Bytes($"v{i}")).Get(Bytes($"k{i}")))));

        Assert.All(results, result => Assert.Equal(WriteOutcome.Committed, result.Outcome));
        Assert.Equal(Enumerable.Range(0, 3000).Select(i => $"v{i}"), results.Select(result =>
            Text(result.Operations[^1].Value)));
        Assert.Equal(3000, results.Select(result => result.Id.Index).Distinct().Count());
    }

    [Fact]
    public async Task A_host_that_stops_hands_leadership_over_and_refuses_new_writes()
    {
        await using HostCluster cluster = await HostCluster.StartAsync();
        ReplicaHost leader = await cluster.LeaderAsync();
        KeyValueStore store = leader.KeyValueStore(Store);
        await store.PutAsync(Bytes("k"), Bytes("v"));

        await cluster.StopNodeAsync(leader);

        ReplicaHost next = await cluster.LeaderAsync();
        Assert.NotEqual(leader.NodeId, next.NodeId);
        Assert.Equal("v", Text((await next.KeyValueStore(Store).GetAsync(Bytes("k"))).Value));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.PutAsync(Bytes("k"), Bytes("w")));
    }

    [Fact]
    public async Task A_restarted_host_has_what_it_had()
    {
        await using HostCluster cluster = await HostCluster.StartAsync();
        ReplicaHost follower = await cluster.FollowerAsync();
        await follower.KeyValueStore(Store).PutAsync(Bytes("k"), Bytes("v"));
        await cluster.StopNodeAsync(follower);

        ReplicaHost again = await cluster.StartNodeAsync(follower.NodeId.Value);

        Assert.Equal("v", Text((await again.KeyValueStore(Store).GetAsync(Bytes("k"))).Value));
    }

    [Fact]
    public async Task Leadership_goes_to_the_node_that_is_named()
    {
        await using HostCluster cluster = await HostCluster.StartAsync();
        ReplicaHost leader = await cluster.LeaderAsync();
        ReplicaHost follower = await cluster.FollowerAsync();
        await leader.KeyValueStore(Store).PutAsync(Bytes("k"), Bytes("v"));

        Assert.True(await leader.TransferLeadershipAsync(Store, follower.NodeId));

        Assert.Equal(follower.NodeId, (await cluster.LeaderAsync()).NodeId);
    }

    [Fact]
    public async Task A_read_without_a_majority_fails_and_may_be_tried_again()
    {
        await using HostCluster cluster = await HostCluster.StartAsync(options =>
            options.ReadTimeout = TimeSpan.FromMilliseconds(200));
        ReplicaHost follower = await cluster.FollowerAsync();
        cluster.Network.Isolate(follower.NodeId);

        QuorumUnavailableException error = await Assert.ThrowsAsync<QuorumUnavailableException>(
            async () => await follower.KeyValueStore(Store).GetAsync(Bytes("k")));

        Assert.True(error.IsSafeToRetry);
        Assert.Equal(RejectReason.NoQuorum, error.Reason);
    }

    [Fact]
    public async Task A_write_cancelled_before_it_is_posted_did_nothing_and_one_cancelled_later_is_indeterminate()
    {
        await using HostCluster cluster = await HostCluster.StartAsync();
        ReplicaHost leader = await cluster.LeaderAsync();
        cluster.Network.Isolate(leader.NodeId);
        using CancellationTokenSource cancelled = new();
        LogIndex end = leader.Status(Store).Raft.LastLogId.Index;
        Task<KeyValueWriteResult> pending = leader.KeyValueStore(Store).PutAsync(Bytes("k"), Bytes("v"), default,
            cancelled.Token).AsTask();
        while (leader.Status(Store).Raft.LastLogId.Index == end && !pending.IsCompleted)
        {
            await Task.Yield();
        }

        await cancelled.CancelAsync();

        Assert.Equal(WriteOutcome.Indeterminate, (await pending).Outcome);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await leader.KeyValueStore(Store).PutAsync(Bytes("k"), Bytes("v"), default, cancelled.Token));
    }

    private static async Task<bool> EndsWithinAStepOfTheHostAsync(KeyValueStore store)
    {
        await store.PutAsync(Bytes("k"), Bytes("v")).ConfigureAwait(false);

        // Not the thread's name: a step also runs on the thread that brings its work (docs/adr/0010). One of these
        // frames is left in optimized code, too.
        return new StackTrace().GetFrames().Any(frame => frame.GetMethod()?.DeclaringType is { } type
            && (type == typeof(ExecutorLoop) || type == typeof(StepLoop)));
    }
}
