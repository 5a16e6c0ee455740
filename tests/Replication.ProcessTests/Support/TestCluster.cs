using KvProcesses.Clients;
using KvProcesses.Processes;
using Replication.Grpc;
using Replication.Kv;
using Replication.Primitives;

namespace Replication.ProcessTests.Support;

/// <summary>Three node processes in a directory of their own, with a client.</summary>
internal sealed class TestCluster : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly TemporaryDirectory _directory;

    private TestCluster(TemporaryDirectory directory, NodeCluster nodes)
    {
        _directory = directory;
        Nodes = nodes;
        Client = new ClusterClient(nodes);
    }

    public NodeCluster Nodes { get; }

    public ClusterClient Client { get; }

    public RemoteKeyValueStore Store => Client.Store;

    public static async Task<TestCluster> StartAsync(params string[] options)
    {
        TestCluster cluster = await InitializeAsync(options);
        await cluster.Nodes.StartAllAsync();
        await cluster.LeaderAsync();
        return cluster;
    }

    public static async Task<TestCluster> InitializeAsync(params string[] options)
    {
        TemporaryDirectory directory = new("replication-process-test");
        return new TestCluster(directory, await NodeCluster.InitializeAsync(
            new NodeClusterOptions { Directory = directory.Path, Options = options }));
    }

    public Task<int> LeaderAsync() => Client.WaitForLeaderAsync(Patience);

    public async Task<int> FollowerAsync()
    {
        int leader = await LeaderAsync();
        return Nodes.NodeIds.First(id => id != leader);
    }

    /// <summary>Writes a key, again while the write is refused, until it is acknowledged.</summary>
    public async Task PutAsync(string key, string value)
    {
        using CancellationTokenSource limit = new(Patience);
        while ((await Store.PutAsync(
            Bytes(key), Bytes(value), cancellationToken: limit.Token)).Outcome != WriteOutcome.Committed)
        {
            await Task.Delay(20, limit.Token);
        }
    }

    public async Task<string?> GetAsync(string key)
    {
        KeyValueReadResult read = await Store.GetAsync(Bytes(key));
        return read.Found ? System.Text.Encoding.UTF8.GetString(read.Value.Span) : null;
    }

    /// <summary>Waits until a node has applied what the leader has committed now.</summary>
    public async Task CatchUpAsync(int node)
    {
        long target = (await Client.ViewAsync(await LeaderAsync()))!.CommitIndex;
        await EventuallyAsync(
            $"node {node} has applied {target}", async () => (await Client.ViewAsync(node))?.AppliedIndex >= target);
    }

    public static async Task EventuallyAsync(string what, Func<Task<bool>> isTrue)
    {
        using CancellationTokenSource limit = new(Patience);
        while (!await isTrue())
        {
            Assert.False(limit.IsCancellationRequested, $"Not so within {Patience.TotalSeconds} s: {what}");
            await Task.Delay(20, CancellationToken.None);
        }
    }

    public static byte[] Bytes(string text) => System.Text.Encoding.UTF8.GetBytes(text);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Nodes.DisposeAsync();
        _directory.Dispose();
    }
}
