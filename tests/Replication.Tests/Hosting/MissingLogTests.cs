using Replication.Errors;
using Replication.Hosting;
using Replication.Raft.Primitives;
using Replication.Storage.Files;
using Replication.Storage.Identity;
using Replication.Storage.Records;
using Replication.Transport.InMemory;

namespace Replication.Tests.Hosting;

/// <summary>A node that starts without the log it had would vote against its word.</summary>
public sealed class MissingLogTests
{
    private static readonly Guid _cluster = new("1c5f6a1e-52c0-4f37-9a55-b0a1c3f0d7e2");
    private readonly InMemoryFileSystem _disk = new();

    public MissingLogTests() => DataDirectory.Initialize(
        _disk,
        _cluster,
        new NodeId(1),
        [.. Enumerable.Range(1, 3).Select(id => new ClusterMember(new NodeId(id), new Uri($"http://node{id}")))],
        Guid.NewGuid());

    [Fact]
    public async Task A_node_that_has_met_peers_and_lost_its_log_is_refused_and_nothing_is_created()
    {
        await RunAsync(meets: new NodeId(2));
        string[] logs = [.. _disk.List("wal")];
        Assert.NotEmpty(logs);
        foreach (string name in logs)
        {
            _disk.Delete($"wal/{name}");
        }

        for (int attempt = 0; attempt < 2; attempt++)
        {
            DataDirectoryException error =
                await Assert.ThrowsAsync<DataDirectoryException>(() => RunAsync(meets: NodeId.None));
            Assert.Contains("of node 1 holds no write-ahead log: 'wal' is missing", error.Message,
                StringComparison.Ordinal);
            Assert.Empty(_disk.List("wal"));
        }
    }

    [Fact]
    public async Task A_node_that_has_met_peers_and_has_its_log_starts_again()
    {
        await RunAsync(meets: new NodeId(2));
        await RunAsync(meets: NodeId.None);

        Assert.NotEmpty(_disk.List("wal"));
    }

    [Fact]
    public async Task A_first_start_that_ended_before_the_log_was_there_can_be_made_again()
    {
        _disk.CreateDirectory("wal");

        await RunAsync(meets: NodeId.None);

        Assert.NotEmpty(_disk.List("wal"));
    }

    private async Task RunAsync(NodeId meets)
    {
        NodeId node = new(1);
        DataDirectory directory = DataDirectory.Open(_disk, _cluster, node);
        await using ReplicaHost host = await ReplicaHost.StartAsync(new ReplicaHostDefinition
        {
            Options = new ReplicaHostOptions { ClusterId = _cluster, NodeId = node },
            Directory = directory,
            Records = new SegmentRecordLogFactory(),
            Transport = new InMemoryNetwork().CreateTransport(node),
            KeyValueStores = { "orders" },
        });
        if (!meets.IsNone)
        {
            Assert.True(directory.TryAcceptPeer(meets, Guid.NewGuid()));
        }
    }
}
