using System.Text;
using Replication.Hosting;
using Replication.Raft.Primitives;
using Replication.Storage.Files;
using Replication.Storage.Identity;
using Replication.Storage.Records;
using Replication.Transport.InMemory;

namespace Replication.Tests.Hosting;

/// <summary>Three real hosts, with their threads, over disks and a network in memory.</summary>
internal sealed class HostCluster : IAsyncDisposable
{
    public const string Store = "orders";
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly Guid _clusterId = new("6f1b9f0e-8f0b-4a53-a3a5-0d6d6f3d9c11");
    private readonly Dictionary<int, ReplicaHost> _hosts = [];
    private readonly Dictionary<int, InMemoryFileSystem> _disks = [];

    public InMemoryNetwork Network { get; } = new();

    public Action<ReplicaHostOptions> Configure { get; init; } = _ => { };

    public IReadOnlyCollection<ReplicaHost> Hosts => _hosts.Values;

    public static async Task<HostCluster> StartAsync(Action<ReplicaHostOptions>? configure = null)
    {
        HostCluster cluster = new() { Configure = configure ?? (_ => { }) };
        ClusterMember[] members = [.. Enumerable.Range(1, 3).Select(id =>
            new ClusterMember(new NodeId(id), new Uri($"http://node{id}")))];
        foreach (ClusterMember member in members)
        {
            InMemoryFileSystem disk = new();
            DataDirectory.Initialize(disk, cluster._clusterId, member.NodeId, members, Guid.NewGuid());
            cluster._disks.Add(member.NodeId.Value, disk);
            await cluster.StartNodeAsync(member.NodeId.Value);
        }

        return cluster;
    }

    public async Task<ReplicaHost> StartNodeAsync(int id, IFileSystem? disk = null)
    {
        // Patient enough that a busy machine, on which a thread waits its turn, brings no needless election.
        ReplicaHostOptions options = new()
        {
            ClusterId = _clusterId,
            NodeId = new NodeId(id),
            HeartbeatInterval = TimeSpan.FromMilliseconds(100),
            ElectionTimeoutMin = TimeSpan.FromSeconds(1),
            ElectionTimeoutMax = TimeSpan.FromSeconds(1.5),
        };
        Configure(options);
        ReplicaHostDefinition definition = new()
        {
            Options = options,
            Directory = DataDirectory.Open(disk ?? _disks[id], _clusterId, new NodeId(id)),
            Records = new SegmentRecordLogFactory(),
            Transport = Network.CreateTransport(new NodeId(id)),
        };
        definition.KeyValueStores.Add(Store);
        definition.ReplicatedLogs.Add("audit");
        _hosts[id] = await ReplicaHost.StartAsync(definition);
        return _hosts[id];
    }

    public InMemoryFileSystem DiskOf(int id) => _disks[id];

    public async Task StopNodeAsync(ReplicaHost host)
    {
        _hosts.Remove(host.NodeId.Value);
        await host.DisposeAsync();
    }

    /// <summary>Waits until one of the hosts leads and the others follow it.</summary>
    public async Task<ReplicaHost> LeaderAsync(string group = Store)
    {
        using CancellationTokenSource patience = new(Patience);
        while (true)
        {
            ReplicaHost? leader = _hosts.Values.FirstOrDefault(host => host.Status(group).Raft.Role == RaftRole.Leader);
            if (leader is not null && _hosts.Values.All(host => host.Status(group).Raft.Leader == leader.NodeId))
            {
                return leader;
            }

            await Task.Delay(5, patience.Token);
        }
    }

    public async Task<ReplicaHost> FollowerAsync()
    {
        ReplicaHost leader = await LeaderAsync();
        return _hosts.Values.First(host => host != leader);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (ReplicaHost host in _hosts.Values.ToArray())
        {
            await host.DisposeAsync();
        }
    }

    public static ReadOnlyMemory<byte> Bytes(string text) => Encoding.UTF8.GetBytes(text);

    public static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);
}
