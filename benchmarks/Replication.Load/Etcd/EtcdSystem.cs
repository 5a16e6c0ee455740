using System.Diagnostics;
using Google.Protobuf;
using KvProcesses.Clients;
using KvProcesses.Processes;
using Replication.Load.Etcd.Api;
using Replication.Load.Systems;

namespace Replication.Load.Etcd;

/// <summary>Three etcd nodes; puts go straight to the leader, after a kill to the two that are left in turn.</summary>
internal sealed class EtcdSystem(int connections) : ILoadedSystem
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly List<EtcdProcess> _nodes = [];
    private GrpcUnary[] _targets = [];
    private EtcdProcess? _killed;
    private string _version = "";
    private int _turn;

    public string Name => "etcd";

    public string Description => $"etcd {_version}, options as by default, {connections} connection(s) to the leader";

    private string Cluster => string.Join(',', _nodes.Select(n => $"{n.Name}={n.PeerAddress}"));

    public async Task StartAsync(string directory)
    {
        Directory.CreateDirectory(directory);
        IReadOnlyList<int> ports = FreePorts.Take(6);
        for (int i = 0; i < 3; i++)
        {
            _nodes.Add(new EtcdProcess(i + 1, ports[2 * i], ports[(2 * i) + 1], directory));
        }

        foreach (EtcdProcess node in _nodes)
        {
            node.Start(Cluster);
        }

        Target([await WaitForLeaderAsync()]);
    }

    public async Task<bool> PutAsync(ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> value,
        CancellationToken cancellationToken)
    {
        GrpcUnary[] targets = _targets;
        GrpcUnary target = targets[(uint)Interlocked.Increment(ref _turn) % targets.Length];
        PutRequest request = new() { Key = UnsafeByteOperations.UnsafeWrap(key),
            Value = UnsafeByteOperations.UnsafeWrap(value) };
        try
        {
            await target.CallAsync("etcdserverpb.KV/Put", request, PutResponse.Parser, cancellationToken);
            return true;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or ObjectDisposedException)
        {
            return false;
        }
    }

    public TimeSpan ServerTime() => _nodes.Where(n => n.IsRunning).Aggregate(TimeSpan.Zero, (sum, n) =>
        sum + n.ProcessorTime);

    public async Task<Func<Task>> PrepareKillAsync()
    {
        EtcdProcess leader = await WaitForLeaderAsync();
        _killed = leader;
        Target(_nodes.Where(n => n != leader));
        return () => leader.KillAsync(Patience);
    }

    public async Task RestoreAsync()
    {
        _killed!.Start(Cluster);
        EtcdProcess leader = await WaitForLeaderAsync();
        ulong target = (await leader.TryStatusAsync())?.RaftIndex ?? 0;
        using CancellationTokenSource limit = new(Patience);
        while (await _killed.TryStatusAsync() is not { } status || status.RaftIndex < target)
        {
            await Task.Delay(20, limit.Token);
        }

        Target([leader]);
    }

    public ValueTask DisposeAsync()
    {
        Target([]);
        _nodes.ForEach(n => n.Dispose());
        return ValueTask.CompletedTask;
    }

    private void Target(IEnumerable<EtcdProcess> nodes)
    {
        GrpcUnary[] former = _targets;
        _targets = [.. nodes.SelectMany(n => Enumerable.Range(0, connections).Select(_ =>
            new GrpcUnary(n.ClientAddress, Patience)))];
        foreach (GrpcUnary caller in former)
        {
            caller.Dispose();
        }
    }

    private async Task<EtcdProcess> WaitForLeaderAsync()
    {
        long began = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(began) < Patience)
        {
            foreach (EtcdProcess node in _nodes.Where(n => n.IsRunning))
            {
                if (await node.TryStatusAsync() is { } status && status.Leader != 0
                    && status.Leader == status.Header.MemberId)
                {
                    _version = status.Version;
                    return node;
                }
            }

            await Task.Delay(20);
        }

        throw new TimeoutException($"etcd has no leader after {Patience.TotalSeconds} s.");
    }
}
