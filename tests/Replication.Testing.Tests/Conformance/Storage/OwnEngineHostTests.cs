using System.Text;
using Replication.Hosting;
using Replication.Kv;
using Replication.Log;
using Replication.Primitives;
using Replication.Raft.Primitives;
using Replication.Storage.Files;
using Replication.Storage.Identity;
using Replication.Storage.Records;
using Replication.Transport.InMemory;

namespace Replication.Testing.Tests.Conformance.Storage;

/// <summary>An engine that knows the public packages only, under a host.</summary>
public sealed class OwnEngineHostTests
{
    private const int WritesMax = 5000;
    private static readonly Guid Cluster = new("0f6d3a53-2f0b-4d0c-9a3e-6c0f0a6a7c11");
    private static readonly NodeId Node = new(1);

    [Fact]
    public async Task A_host_writes_checkpoints_with_it_and_finds_everything_after_a_power_loss()
    {
        InMemoryFileSystem disk = new();
        DataDirectory.Initialize(disk, Cluster, Node, [new ClusterMember(Node, new Uri("http://node1"))], Cluster);
        long last;
        await using (ReplicaHost host = await StartAsync(disk))
        {
            KeyValueStore orders = host.KeyValueStore("orders");
            await WriteAsync(orders.PutAsync(Bytes("kept"), Bytes("1")));
            await WriteAsync(orders.PutAsync(Bytes("gone"), Bytes("2")));
            await WriteUntilCheckpointsAsync(disk, host);
            await WriteAsync(orders.DeleteAsync(Bytes("gone")));
            await WriteAsync(orders.PutAsync(Bytes("late"), Bytes("3")));
            last = (await host.ReplicatedLog("audit").AppendAsync(Bytes("last"))).Position;
            disk = disk.CrashClone();
        }

        await using ReplicaHost again = await StartAsync(disk);
        IReadOnlyList<KeyValueItem> found = await again.KeyValueStore("orders").ScanAsync(default, default, limit: 10);
        Assert.Equal(
            ["filler", "kept = 1", "late = 3"],
            found.Select(item => item.Value.Length == 1 ? $"{Text(item.Key)} = {Text(item.Value)}" : Text(item.Key)));
        await foreach (LogRecord record in again.ReplicatedLog("audit").ReadAsync(last))
        {
            Assert.Equal("last", Text(record.Value));
        }
    }

    private static Task<ReplicaHost> StartAsync(InMemoryFileSystem disk)
    {
        // snippet: host
        DataDirectory directory = DataDirectory.Open(disk, Cluster, Node);
        ReplicaHostDefinition definition = new()
        {
            Options = new ReplicaHostOptions { ClusterId = Cluster, NodeId = Node, CheckpointLogBytes = 64 << 10 },
            Directory = directory,
            Records = new SegmentRecordLogFactory(),
            Engines = new SortedEngineFactory(),
            Transport = new InMemoryNetwork().CreateTransport(Node),
            KeyValueStores = { "orders" },
            ReplicatedLogs = { "audit" },
        };

        // end
        return ReplicaHost.StartAsync(definition);
    }

    /// <summary>Writes until both groups have a checkpoint on the disk, which begins in the file of the
    /// engine.</summary>
    private static async Task WriteUntilCheckpointsAsync(InMemoryFileSystem disk, ReplicaHost host)
    {
        byte[] filler = new byte[16 << 10];
        int writes = 0;
        while (disk.List("groups").Count(group => disk.List($"groups/{group}").Contains("state")) < 2)
        {
            Assert.True(++writes < WritesMax, $"There is no checkpoint after {writes} writes.");
            await WriteAsync(host.KeyValueStore("orders").PutAsync(Bytes("filler"), filler));
            Assert.Equal(WriteOutcome.Committed, (await host.ReplicatedLog("audit").AppendAsync(filler)).Outcome);
        }
    }

    private static async Task WriteAsync(ValueTask<KeyValueWriteResult> write) =>
        Assert.Equal(WriteOutcome.Committed, (await write).Outcome);

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);
}
