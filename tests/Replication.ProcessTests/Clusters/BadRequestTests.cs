using Replication.Grpc;
using Replication.Kv;
using Replication.Primitives;
using Replication.ProcessTests.Support;

namespace Replication.ProcessTests.Clusters;

public sealed class BadRequestTests
{
    [Fact]
    public async Task Mistakes_of_a_client_are_named_and_change_nothing()
    {
        await using TestCluster cluster = await TestCluster.StartAsync();
        byte[] key = TestCluster.Bytes("key");
        await cluster.PutAsync("key", "value");

        await AssertMistakeAsync("4096", () => cluster.Store.PutAsync(new byte[4097], key));
        await AssertMistakeAsync("1048576", () => cluster.Store.PutAsync(key, new byte[(1 << 20) + 1]));
        await AssertMistakeAsync("is empty", () => cluster.Store.PutAsync(ReadOnlyMemory<byte>.Empty, key));
        await AssertMistakeAsync("is empty", async () => await ReadAsync(cluster.Store, []));
        await AssertMistakeAsync("is empty", () => cluster.Store.DeleteAsync(ReadOnlyMemory<byte>.Empty));
        await AssertMistakeAsync("BatchOperationsMax is 1024", () => cluster.Store.WriteAsync(TooManyOperations()));
        using ReplicationClient client = NewClient(cluster);
        RemoteKeyValueStore unknown = client.KeyValueStore("nobody");
        await AssertMistakeAsync("nobody", () => unknown.PutAsync(key, key));
        await AssertMistakeAsync("nobody", async () => await ReadAsync(unknown, key));

        Assert.Equal("value", await cluster.GetAsync("key"));
        Assert.Equal(WriteOutcome.Committed, (await cluster.Store.PutAsync(new byte[4096], new byte[1 << 20])).Outcome);
        Assert.All(cluster.Nodes.NodeIds, id => Assert.True(cluster.Nodes.IsRunning(id)));
    }

    private static KeyValueBatch TooManyOperations()
    {
        KeyValueBatch batch = new();
        for (int i = 0; i <= 1024; i++)
        {
            batch.Put(TestCluster.Bytes($"key{i}"), TestCluster.Bytes("x"));
        }

        return batch;
    }

    private static async Task<KeyValueWriteResult> ReadAsync(RemoteKeyValueStore store, byte[] key)
    {
        await store.GetAsync(key);
        return default;
    }

    private static async Task AssertMistakeAsync(string words, Func<ValueTask<KeyValueWriteResult>> call)
    {
        ArgumentException error = await Assert.ThrowsAnyAsync<ArgumentException>(async () => await call());
        Assert.Contains(words, error.Message.Replace(",", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    private static ReplicationClient NewClient(TestCluster cluster)
    {
        ReplicationClientOptions options = new();
        foreach (Uri address in cluster.Nodes.Addresses.Values)
        {
            options.Endpoints.Add(address);
        }

        return new ReplicationClient(options);
    }
}
