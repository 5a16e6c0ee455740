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
        await cluster.StopNodeAsync(await cluster.FollowerAsync());
        int id = Enumerable.Range(1, 3).First(id => cluster.Hosts.All(host => host.NodeId.Value != id));
        FaultyDisk disk = new(cluster.DiskOf(id));
        ReplicaHost victim = await cluster.StartNodeAsync(id, disk);
        TaskCompletionSource faulted = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using CancellationTokenRegistration registration = victim.Faulted.Register(faulted.SetResult);

        disk.FailsSyncsOf = "wal/state";
        for (int i = 0; i < 5 && !faulted.Task.IsCompleted; i++)
        {
            // A change of leadership may keep a write from the victim; one that it has must fault it without another.
            await (await cluster.LeaderAsync()).KeyValueStore(Store).PutAsync(Bytes($"k{i}"), Bytes("v"));
            await Task.WhenAny(faulted.Task, Task.Delay(TimeSpan.FromSeconds(6)));
            Assert.True(
                faulted.Task.IsCompleted || victim.Fault is not null || !await HasAsync(victim, $"k{i}"),
                "The victim has the write, was idle for seconds, and is not faulted.");
        }

        await faulted.Task.WaitAsync(Patience);

        Assert.True(disk.Hits > 0);
        Assert.IsType<StorageFailedException>(victim.Fault);
    }

    private static async Task<bool> HasAsync(ReplicaHost host, string key)
    {
        try
        {
            return (await host.KeyValueStore(Store).GetAsync(Bytes(key), ReadConsistency.ConsistentPrefix)).Found;
        }
        catch (StorageFailedException)
        {
            return false; // It faulted just now.
        }
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
}
