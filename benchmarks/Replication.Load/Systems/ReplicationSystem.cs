using KvProcesses.Clients;
using KvProcesses.Processes;
using Replication.Kv;
using Replication.Primitives;

namespace Replication.Load.Systems;

/// <summary>Three KvNode processes and the remote client.</summary>
internal sealed class ReplicationSystem(int connections, string? build) : ILoadedSystem
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private NodeCluster? _cluster;
    private ClusterClient? _client;
    private int _killed;

    public string Name => build is null ? "Replication" : $"Replication@{Path.GetFileName(build)}";

    public string Description =>
        $"{(build is null ? "this commit" : "another build")}, options as by default, "
            + $"{connections} connection(s) of ReplicationClient";

    public async Task StartAsync(string directory)
    {
        _cluster = await NodeCluster.InitializeAsync(new NodeClusterOptions
        {
            Directory = directory,
            Options = ["--log-level", "Warning"],
            Assembly = build is null ? KvNodeProgram.Assembly : Path.Combine(build, "KvNode.dll"),
        });
        await _cluster.StartAllAsync();
        _client = new ClusterClient(_cluster, connections);
        await _client.WaitForLeaderAsync(Patience);
    }

    public async Task<bool> PutAsync(ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> value,
        CancellationToken cancellationToken)
    {
        try
        {
            KeyValueWriteResult result = await _client!.PutAsync(key, value, cancellationToken);
            return result.Outcome == WriteOutcome.Committed;
        }
        catch (Exception e) when (e is Errors.ReplicationException or OperationCanceledException)
        {
            return false;
        }
    }

    public TimeSpan ServerTime() => _cluster!.NodeIds
        .Where(_cluster.IsRunning)
        .Aggregate(TimeSpan.Zero, (sum, id) => sum + _cluster[id].ProcessorTime);

    public async Task<Func<Task>> PrepareKillAsync()
    {
        _killed = await _client!.WaitForLeaderAsync(Patience);
        NodeProcess leader = _cluster![_killed];
        return () =>
        {
            leader.Kill();
            return leader.WaitForExitAsync(Patience);
        };
    }

    public async Task RestoreAsync()
    {
        await _cluster!.StartAsync(_killed);
        int leader = await _client!.WaitForLeaderAsync(Patience);
        long target = (await _client.ViewAsync(leader))?.CommitIndex ?? 0;
        using CancellationTokenSource limit = new(Patience);
        while ((await _client.ViewAsync(_killed))?.AppliedIndex < target)
        {
            await Task.Delay(20, limit.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }
    }
}
