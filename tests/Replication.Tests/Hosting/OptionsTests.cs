using Replication.Errors;
using Replication.Hosting;
using Replication.Raft.Primitives;
using Replication.Storage.Files;
using Replication.Storage.Identity;
using Replication.Storage.Records;
using Replication.Transport.InMemory;

namespace Replication.Tests.Hosting;

public sealed class OptionsTests
{
    internal static readonly Guid Cluster = new("6f1b9f0e-8f0b-4a53-a3a5-0d6d6f3d9c11");

    public static TheoryData<Action<ReplicaHostOptions>, string, string> Wrong => new()
    {
        { options => options.ClusterId = Guid.Empty, "ClusterId", "00000000" },
        { options => options.NodeId = default, "NodeId", "0" },
        { options => options.HeartbeatInterval = TimeSpan.FromMilliseconds(4), "HeartbeatInterval",
            "00:00:00.0040000" },
        { options => options.ElectionTimeoutMin = TimeSpan.FromMilliseconds(99), "ElectionTimeoutMin",
            "00:00:00.0990000" },
        { options => options.ElectionTimeoutMax = options.ElectionTimeoutMin, "ElectionTimeoutMax",
            "00:00:00.3000000" },
        { options => options.WriteTimeout = TimeSpan.FromMilliseconds(99), "WriteTimeout", "00:00:00.0990000" },
        { options => options.ReadTimeout = TimeSpan.FromMinutes(11), "ReadTimeout", "00:11:00" },
        { options => options.PendingBytesMax = (4 << 20) - 1, "PendingBytesMax", "4194303" },
        { options => options.EntryCacheBytesMax = 0, "EntryCacheBytesMax", "0" },
        { options => options.CheckpointLogBytes = 65_535, "CheckpointLogBytes", "65535" },
        { options => options.LogBytesMax = 1 << 20, "LogBytesMax", "1048576" },
        { options => options.DiskReserveBytes = 1, "DiskReserveBytes", "1" },
        { options => options.SessionTimeout = TimeSpan.FromMilliseconds(999), "SessionTimeout", "00:00:00.9990000" },
        { options => options.Engine.CompactionDeadRatio = 0.95, "CompactionDeadRatio", "0.95" },
        { options => options.KeyValue.KeyBytesMax = 0, "KeyBytesMax", "0" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void A_setting_out_of_bounds_is_named_with_its_value(Action<ReplicaHostOptions> spoil, string name,
        string value)
    {
        ReplicaHostOptions options = new() { ClusterId = Cluster, NodeId = new NodeId(1) };
        Assert.True(new ReplicaHostOptionsValidator().Validate(null, options).Succeeded);

        spoil(options);

        string failure = Assert.Single(new ReplicaHostOptionsValidator().Validate(null, options).Failures!);
        Assert.Contains(name, failure, StringComparison.Ordinal);
        Assert.Contains(value, failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_start_with_a_wrong_setting_is_refused_and_closes_what_it_was_given()
    {
        InMemoryFileSystem disk = NewDisk();
        ReplicaHostDefinition definition = Define(disk, options => options.HeartbeatInterval = TimeSpan.Zero);
        definition.KeyValueStores.Add("a");

        ArgumentException error = await Assert.ThrowsAsync<ArgumentException>(() => ReplicaHost.StartAsync(definition));

        Assert.Contains("HeartbeatInterval is 00:00:00", error.Message, StringComparison.Ordinal);
        DataDirectory.Open(disk, Cluster, new NodeId(1)).Dispose();
    }

    [Fact]
    public async Task A_start_without_groups_or_with_a_name_twice_is_refused()
    {
        InMemoryFileSystem disk = NewDisk();
        await Assert.ThrowsAsync<ArgumentException>(() => ReplicaHost.StartAsync(Define(disk, _ => { })));
        ReplicaHostDefinition twice = Define(disk, _ => { });
        twice.KeyValueStores.Add("a");
        twice.ReplicatedLogs.Add("a");

        ArgumentException error = await Assert.ThrowsAsync<ArgumentException>(() => ReplicaHost.StartAsync(twice));

        Assert.Contains("'a' and 'a'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_start_that_leaves_a_group_out_is_refused()
    {
        InMemoryFileSystem disk = NewDisk();
        ReplicaHostDefinition both = Define(disk, _ => { });
        both.KeyValueStores.Add("a");
        both.KeyValueStores.Add("b");
        ReplicaHost host = await ReplicaHost.StartAsync(both);
        await host.KeyValueStore("b").PutAsync(HostCluster.Bytes("k"), HostCluster.Bytes("v"));
        await host.DisposeAsync();
        ReplicaHostDefinition one = Define(disk, _ => { });
        one.KeyValueStores.Add("a");

        DataDirectoryException error = await Assert.ThrowsAsync<DataDirectoryException>(() =>
            ReplicaHost.StartAsync(one));

        Assert.Contains(Replication.Primitives.GroupId.FromName("b").ToString(), error.Message,
            StringComparison.Ordinal);
    }

    internal static InMemoryFileSystem NewDisk()
    {
        InMemoryFileSystem disk = new();
        DataDirectory.Initialize(disk, Cluster, new NodeId(1), [new ClusterMember(new NodeId(1),
            new Uri("http://node1"))], Guid.NewGuid());
        return disk;
    }

    internal static ReplicaHostDefinition Define(InMemoryFileSystem disk, Action<ReplicaHostOptions> configure)
    {
        ReplicaHostOptions options = new() { ClusterId = Cluster, NodeId = new NodeId(1) };
        configure(options);
        return new ReplicaHostDefinition
        {
            Options = options,
            Directory = DataDirectory.Open(disk, Cluster, new NodeId(1)),
            Records = new SegmentRecordLogFactory(),
            Transport = new InMemoryNetwork().CreateTransport(new NodeId(1)),
        };
    }
}
