using System.Diagnostics;
using KvProcesses.Processes;
using Replication.Grpc;
using Replication.Kv;

namespace KvProcesses.Clients;

/// <summary>A client of a cluster of node processes in plain text: the store through whichever node leads, and each
/// node by itself. Callable from any thread.</summary>
public sealed class ClusterClient : IStoreClient, IDisposable
{
    /// <summary>Name of the store that KvNode has by default.</summary>
    public const string Group = "kv";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);
    private readonly ReplicationClient _client;
    private readonly SortedDictionary<int, NodeApi> _nodes = [];

    /// <summary>Creates a client; nothing is dialled yet.</summary>
    /// <param name="cluster">The nodes.</param>
    /// <param name="connectionsPerNode">Connections to each node.</param>
    public ClusterClient(NodeCluster cluster, int connectionsPerNode = 1)
    {
        ArgumentNullException.ThrowIfNull(cluster);
        ReplicationClientOptions options = new() { ConnectionsPerNode = connectionsPerNode };
        foreach ((int node, Uri address) in cluster.Addresses)
        {
            options.Endpoints.Add(address);
            _nodes.Add(node, new NodeApi(node, address, Group));
        }

        _client = new ReplicationClient(options);
        Store = _client.KeyValueStore(Group);
    }

    /// <summary>Gets the store.</summary>
    public RemoteKeyValueStore Store { get; }

    /// <inheritdoc/>
    public ValueTask<KeyValueWriteResult> PutAsync(
        ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> value, CancellationToken cancellationToken) =>
        Store.PutAsync(key, value, cancellationToken: cancellationToken);

    /// <inheritdoc/>
    public ValueTask<KeyValueReadResult> GetAsync(ReadOnlyMemory<byte> key, CancellationToken cancellationToken) =>
        Store.GetAsync(key, cancellationToken: cancellationToken);

    /// <summary>Asks one node what it is.</summary>
    /// <param name="node">The node.</param>
    /// <returns>Null if it can't be asked now.</returns>
    public Task<NodeView?> ViewAsync(int node) => _nodes[node].TryViewAsync();

    /// <summary>Reads every key from one replica alone.</summary>
    /// <param name="node">The node.</param>
    /// <returns>The keys in order.</returns>
    public IAsyncEnumerable<KeyValueItem> ScanReplicaAsync(int node) => _nodes[node].ScanAsync();

    /// <summary>Waits until a node leads and a majority of the nodes says so.</summary>
    /// <param name="timeout">How long at most.</param>
    /// <returns>The leader.</returns>
    /// <exception cref="TimeoutException">There is none.</exception>
    public async Task<int> WaitForLeaderAsync(TimeSpan timeout)
    {
        long began = Stopwatch.GetTimestamp();
        while (true)
        {
            NodeView?[] views = await Task.WhenAll(_nodes.Values.Select(n => n.TryViewAsync())).ConfigureAwait(false);
            foreach (NodeView leader in views.OfType<NodeView>().Where(v => v.IsLeader).OrderByDescending(v => v.Term))
            {
                if (views.Count(
                    v => v is not null && v.Leader == leader.NodeId && v.Term == leader.Term) > _nodes.Count / 2)
                {
                    return leader.NodeId;
                }
            }

            if (Stopwatch.GetElapsedTime(began) > timeout)
            {
                throw new TimeoutException(
                    $"No leader within {timeout.TotalSeconds} s; the nodes say: "
                        + $"{string.Join(" | ", views.Select(v => v?.ToString() ?? "nothing"))}");
            }

            await Task.Delay(Pause, CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _client.Dispose();
        foreach (NodeApi node in _nodes.Values)
        {
            node.Dispose();
        }
    }
}
