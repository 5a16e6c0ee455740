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
}
