using Replication.Errors;
using Replication.Hosting;
using Replication.Kv;
using Replication.Primitives;
using Replication.Tests.Groups;
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
}
