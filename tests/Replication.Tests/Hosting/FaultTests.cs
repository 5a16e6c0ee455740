using Replication.Errors;
using Replication.Hosting;
using Replication.Kv;
using Replication.Primitives;
using Replication.Raft.Primitives;
using Replication.Storage.Identity;
using Replication.Storage.Records;
using Replication.Tests.Groups;
using Replication.Transport.InMemory;
using static Replication.Tests.Hosting.HostCluster;

namespace Replication.Tests.Hosting;

public sealed class FaultTests
{
    [Fact]
    public async Task A_failed_flush_faults_the_host_for_good_while_the_others_go_on()
    {
        await using HostCluster cluster = await HostCluster.StartAsync();
        ReplicaHost victim = await cluster.FollowerAsync();
        await cluster.StopNodeAsync(victim);
        FaultyDisk disk = new(cluster.DiskOf(victim.NodeId.Value));
        victim = await cluster.StartNodeAsync(victim.NodeId.Value, disk);
        await cluster.LeaderAsync();
        TaskCompletionSource faulted = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using CancellationTokenRegistration registration = victim.Faulted.Register(faulted.SetResult);

        disk.FailsSyncs = true;
        ReplicaHost healthy = cluster.Hosts.First(host => host != victim);
        KeyValueWriteResult written = await healthy.KeyValueStore(Store).PutAsync(Bytes("k"), Bytes("v"));
        await faulted.Task.WaitAsync(Patience);

        Assert.True(disk.Hits > 0);
        Assert.Equal(WriteOutcome.Committed, written.Outcome);
        Assert.IsType<StorageFailedException>(victim.Fault);
        await Assert.ThrowsAsync<StorageFailedException>(async () =>
            await victim.KeyValueStore(Store).PutAsync(Bytes("k"), Bytes("w")));
        await Assert.ThrowsAsync<StorageFailedException>(async () =>
            await victim.KeyValueStore(Store).GetAsync(Bytes("k")));
        await Assert.ThrowsAsync<StorageFailedException>(async () =>
            await victim.KeyValueStore(Store).GetAsync(Bytes("k"), ReadConsistency.ConsistentPrefix));
        await Assert.ThrowsAsync<StorageFailedException>(async () =>
            await victim.KeyValueStore(Store).ScanAsync(default, default, 9, ReadConsistency.ConsistentPrefix));
        Assert.Equal("v", Text((await healthy.KeyValueStore(Store).GetAsync(Bytes("k"))).Value));
    }

    [Fact]
    public async Task A_peer_that_cannot_be_remembered_durably_faults_the_host()
    {
        FaultyDisk disk = new(OptionsTests.NewDisk());
        DataDirectory directory = DataDirectory.Open(disk, OptionsTests.Cluster, new NodeId(1));
        ReplicaHostDefinition definition = new()
        {
            Options = new ReplicaHostOptions { ClusterId = OptionsTests.Cluster, NodeId = new NodeId(1) },
            Directory = directory,
            Records = new SegmentRecordLogFactory(),
            Transport = new InMemoryNetwork().CreateTransport(new NodeId(1)),
            KeyValueStores = { Store },
        };
        await using ReplicaHost host = await ReplicaHost.StartAsync(definition);
        Assert.Null(host.Fault);

        disk.FailsSyncs = true;
        Assert.Throws<StorageFailedException>(() => directory.TryAcceptPeer(new NodeId(2), Guid.NewGuid()));

        Assert.True(disk.Hits > 0);
        Assert.IsType<StorageFailedException>(host.Fault);
        Assert.Throws<StorageFailedException>(() => directory.TryAcceptPeer(new NodeId(3), Guid.NewGuid()));
    }

    [Fact]
    public async Task A_stopped_host_answers_no_read_whatever_its_level()
    {
        await using HostCluster cluster = await HostCluster.StartAsync();
        ReplicaHost leader = await cluster.LeaderAsync();
        KeyValueStore store = leader.KeyValueStore(Store);
        await store.PutAsync(Bytes("k"), Bytes("v"));

        await cluster.StopNodeAsync(leader);

        await Assert.ThrowsAsync<ObjectDisposedException>(async () =>
            await store.GetAsync(Bytes("k"), ReadConsistency.ConsistentPrefix));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.GetAsync(Bytes("k")));
    }

    [Fact]
    public async Task A_hint_that_fails_on_an_idle_host_faults_it_without_waiting_for_the_next_write()
    {
        await using HostCluster cluster = await HostCluster.StartAsync();
        ReplicaHost victim = await cluster.FollowerAsync();
        await cluster.StopNodeAsync(victim);
        FaultyDisk disk = new(cluster.DiskOf(victim.NodeId.Value));
        victim = await cluster.StartNodeAsync(victim.NodeId.Value, disk);
        ReplicaHost healthy = cluster.Hosts.First(host => host != victim);
        await cluster.StopNodeAsync(cluster.Hosts.First(host => host != victim && host != healthy));
        await cluster.LeaderAsync();
        TaskCompletionSource faulted = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using CancellationTokenRegistration registration = victim.Faulted.Register(faulted.SetResult);

        // With one node gone a write is on both disks that are left, and nobody writes after it.
        disk.FailsSyncsOf = "wal/state";
        _ = healthy.KeyValueStore(Store).PutAsync(Bytes("k"), Bytes("v")).AsTask();
        await faulted.Task.WaitAsync(Patience);

        Assert.True(disk.Hits > 0);
        Assert.IsType<StorageFailedException>(victim.Fault);
    }

    [Fact]
    public async Task A_disk_that_hangs_does_not_hang_the_stop_of_the_host_and_leaves_its_directory_locked()
    {
        HostCluster cluster = await HostCluster.StartAsync();
        ReplicaHost victim = await cluster.FollowerAsync();
        await cluster.StopNodeAsync(victim);
        FaultyDisk disk = new(cluster.DiskOf(victim.NodeId.Value));
        victim = await cluster.StartNodeAsync(victim.NodeId.Value, disk);
        await cluster.LeaderAsync();

        disk.SyncsGoOn.Reset();
        await cluster.Hosts.First(host => host != victim).KeyValueStore(Store).PutAsync(Bytes("k"), Bytes("v"));
        await Assert.ThrowsAsync<StorageFailedException>(async () =>
            await cluster.StopNodeAsync(victim).WaitAsync(Patience));
        await Assert.ThrowsAsync<StorageFailedException>(() => victim.DisposeAsync().AsTask().WaitAsync(Patience));
        await Assert.ThrowsAsync<DataDirectoryException>(() => cluster.StartNodeAsync(victim.NodeId.Value));

        disk.SyncsGoOn.Set();
        await cluster.DisposeAsync();
    }

    [Fact]
    public async Task A_host_that_is_disposed_twice_at_once_keeps_its_directory_until_it_is_closed()
    {
        await using HostCluster cluster = await HostCluster.StartAsync();
        ReplicaHost victim = await cluster.FollowerAsync();
        int id = victim.NodeId.Value;
        await cluster.StopNodeAsync(victim);
        FaultyDisk disk = new(cluster.DiskOf(id));
        victim = await cluster.StartNodeAsync(id, disk);
        await cluster.LeaderAsync();

        disk.SyncsGoOn.Reset();
        await cluster.Hosts.First(host => host != victim).KeyValueStore(Store).PutAsync(Bytes("k"), Bytes("v"));
        await disk.SyncHangs.Task.WaitAsync(Patience);
        Task first = cluster.StopNodeAsync(victim);
        Task second = victim.DisposeAsync().AsTask();
        Assert.False(second.IsCompleted);
        await Assert.ThrowsAsync<DataDirectoryException>(() => cluster.StartNodeAsync(id));

        disk.SyncsGoOn.Set();
        await Task.WhenAll(first, second).WaitAsync(Patience);
        await cluster.StartNodeAsync(id);
    }

    [Fact]
    public async Task A_caller_that_goes_on_within_the_stop_of_a_host_may_stop_it_too()
    {
        await using HostCluster cluster =
            await HostCluster.StartAsync(options => options.AllowSynchronousContinuations = true);
        ReplicaHost leader = await cluster.LeaderAsync();
        foreach (ReplicaHost other in cluster.Hosts.Where(host => host != leader).ToArray())
        {
            await cluster.StopNodeAsync(other);
        }

        // No majority: the write ends with the stop, on a thread of it.
        Task<WriteOutcome> caller = WriteAndStopAsync(leader);
        await cluster.StopNodeAsync(leader).WaitAsync(Patience);

        Assert.NotEqual(WriteOutcome.Committed, await caller.WaitAsync(Patience));
    }

    private static async Task<WriteOutcome> WriteAndStopAsync(ReplicaHost host)
    {
        KeyValueWriteResult written = await host.KeyValueStore(Store).PutAsync(Bytes("k"), Bytes("v"))
            .ConfigureAwait(false);
        await host.DisposeAsync().ConfigureAwait(false);
        return written.Outcome;
    }
}
