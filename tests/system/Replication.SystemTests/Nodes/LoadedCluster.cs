using KvProcesses.Clients;
using KvProcesses.Processes;
using KvProcesses.Verification;
using KvProcesses.Workloads;

namespace Replication.SystemTests.Nodes;

/// <summary>Three real nodes under a constant load of stamped writes, in a directory of their own.</summary>
internal sealed class LoadedCluster : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private const int Clients = 4;
    private readonly TemporaryDirectory _directory;
    private readonly WriteLedger _ledger = new(keys: 100);
    private CancellationTokenSource? _stop;
    private Task _clients = Task.CompletedTask;

    private LoadedCluster(TemporaryDirectory directory, NodeCluster nodes)
    {
        _directory = directory;
        Nodes = nodes;
        Client = new ClusterClient(nodes);
        Load = new StampedLoad(Client, _ledger, valueBytes: 500);
    }

    public NodeCluster Nodes { get; }

    public ClusterClient Client { get; }

    public StampedLoad Load { get; }

    public long Acknowledged => _ledger.Acknowledged;

    public static async Task<LoadedCluster> InitializeAsync(params string[] options)
    {
        TemporaryDirectory directory = new("replication-system-test");
        return new LoadedCluster(directory, await NodeCluster.InitializeAsync(new NodeClusterOptions
        {
            Directory = directory.Path,
            Options = options,
        }));
    }

    public Task<int> LeaderAsync() => Client.WaitForLeaderAsync(Patience);

    public void StartLoad()
    {
        _stop = new CancellationTokenSource();
        _clients = Load.RunAsync(Clients, 0.2, r => r.Next(0, _ledger.Keys), seed: 1, _stop.Token);
    }

    public async Task StopLoadAsync()
    {
        if (_stop is { } stop)
        {
            await stop.CancelAsync();
            await _clients;
            stop.Dispose();
            _stop = null;
        }
    }

    /// <summary>Waits until so many more writes are acknowledged.</summary>
    public Task MoreWritesAsync(int count)
    {
        long target = Acknowledged + count;
        return EventuallyAsync($"{count} more writes are acknowledged", () => Task.FromResult(Acknowledged >= target));
    }

    public async Task KillAsync(int node)
    {
        Nodes[node].Kill();
        await Nodes[node].WaitForExitAsync(Patience);
    }

    /// <summary>Reads every key back; with all nodes running also compares the replicas.</summary>
    public async Task AssertNothingLostAsync(bool compareReplicas)
    {
        VerificationReport report = await new ReadBack(Client, _ledger, StampedLoad.KeyName).RunAsync(Clients);
        Assert.True(report.IsClean, string.Join(", ", report.Findings));
        Assert.True(report.Acknowledged > 0, "Nothing was acknowledged.");
        if (compareReplicas)
        {
            using CancellationTokenSource limit = new(Patience);
            IReadOnlyList<ReplicaContent> replicas =
                await ReplicaContent.ReadAllAsync(Client, Nodes.NodeIds, limit.Token);
            Assert.Single(replicas.Select(r => (r.Applied, r.Keys, r.Hash)).Distinct());
        }
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

    public async ValueTask DisposeAsync()
    {
        await StopLoadAsync();
        Client.Dispose();
        await Nodes.DisposeAsync();
        _directory.Dispose();
    }
}
