using Harness.Drivers;
using KvProcesses.Clients;
using KvProcesses.Processes;

namespace Replication.ProcessTests.Harness;

/// <summary>A cluster without processes, which remembers what is broken. Node 1 leads.</summary>
internal sealed class FakeCluster : IClusterDriver, INetworkFaults, IDisposable
{
    private static readonly byte[] Content = [1, 2, 3, 4, 5, 6, 7, 8];
    private readonly Lock _gate = new();
    private readonly SortedDictionary<(int From, int To), int> _cuts = [];
    private readonly SortedDictionary<(int From, int To), TimeSpan> _delays = [];
    private readonly SortedDictionary<(int From, int To), int> _losses = [];
    private readonly SortedSet<int> _unplugged = [];
    private readonly SortedSet<int> _down = [];
    private readonly SortedSet<int> _paused = [];
    private readonly TemporaryDirectory _directory = new("replication-fake");

    public FakeCluster()
    {
        foreach (int node in Nodes)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(LogFileOf(node))!);
            File.WriteAllBytes(LogFileOf(node), Content);
        }
    }

    public IReadOnlyList<int> Nodes { get; } = [1, 2, 3, 4, 5];

    public INetworkFaults Network => this;

    public NodeProgram Program => NodeProgram.KeyValue;

    public NodeClocks? Clocks => null;

    public NodeDisks? Disks => null;

    public long Held { get; private set; }

    /// <summary>Gets or sets a node that never applies the last entry; 0 for none.</summary>
    public int Lagging { get; set; }

    /// <summary>Gets or sets the exit code of a node whose log is damaged.</summary>
    public int DamageCode { get; set; } = 6;

    /// <summary>Gets or sets whether nobody meets what is broken.</summary>
    public bool IsUnmoved { get; set; }

    /// <summary>Gets what is broken now, in words.</summary>
    public IReadOnlyList<string> Broken
    {
        get
        {
            lock (_gate)
            {
                return
                [
                    .. _cuts.Where(cut => cut.Value != 0).Select(cut => $"cut {cut}"),
                    .. _delays.Where(delay => delay.Value != TimeSpan.Zero).Select(delay => $"slow {delay}"),
                    .. _losses.Where(loss => loss.Value != 0).Select(loss => $"lossy {loss}"),
                    .. _unplugged.Select(node => $"unplugged {node}"),
                    .. _down.Select(node => $"down {node}"),
                    .. _paused.Select(node => $"paused {node}"),
                    .. Nodes.Where(IsDamaged).Select(node => $"damaged {node}"),
                ];
            }
        }
    }

    public Uri AddressOf(int node) => new($"http://node{node}");

    public Uri HttpAddressOf(int node) => AddressOf(node);

    public string LogOf(int node) => Path.Combine(_directory.Path, $"node{node}.log");

    public string DataOf(int node) => Path.Combine(_directory.Path, $"node{node}");

    public Task SetUpAsync() => Task.CompletedTask;

    public Task StartAsync(int node)
    {
        if (IsDamaged(node))
        {
            throw new NodeStartException($"Node {node} is damaged.", DamageCode, []);
        }

        Change(() => _down.Remove(node));
        return Task.CompletedTask;
    }

    public Task<int> StopAsync(int node)
    {
        Change(() => _down.Add(node));
        return Task.FromResult(0);
    }

    public Task<bool> KillAsync(int node) => Task.FromResult(Change(() => _down.Add(node)));

    public bool Pause(int node) => Change(() => _paused.Add(node));

    public void Resume(int node) => Change(() => _paused.Remove(node));

    public Task WipeAsync(int node) => Task.CompletedTask;

    public bool IsRunning(int node)
    {
        lock (_gate)
        {
            return !_down.Contains(node);
        }
    }

    public int ProcessIdOf(int node) => throw new NotSupportedException();

    public Task<IReadOnlyList<string>> CrashesAsync() => Task.FromResult<IReadOnlyList<string>>([]);

    public void MayFail(int node, bool mayFail)
    {
    }

    public Task<int?> ExitCodeAsync(int node, TimeSpan patience) => Task.FromResult<int?>(null);

    public Task<NodeView?> HealthAsync(int node) => Task.FromResult(
        Change(() => !IsUnmoved
            && (_paused.Contains(node) || _down.Contains(node) || _unplugged.Contains(node))) ? null : new NodeView
        {
            NodeId = node,
            IsLeader = node == 1,
            Leader = 1,
            Term = 1,
            CommitIndex = 5,
            AppliedIndex = node == Lagging ? 4 : 5,
            LastIndex = 5,
            LogBytes = 0,
            Fault = "",
        });

    public void Cut(int from, int to) => Change(() =>
    {
        Held += IsUnmoved ? 0 : 1;
        _cuts[(from, to)] = _cuts.GetValueOrDefault((from, to)) + 1;
        return true;
    });

    public void Heal(int from, int to) => Change(() =>
    {
        _cuts[(from, to)] = _cuts.GetValueOrDefault((from, to)) - 1;
        return true;
    });

    public void Delay(int from, int to, TimeSpan delay) => Change(() =>
    {
        Held += IsUnmoved ? 0 : 1;
        _delays[(from, to)] = delay;
        return true;
    });

    public int Break(int from, int to) => IsUnmoved ? 0 : 1;

    public void Lose(int from, int to, int percent) => Change(() =>
    {
        Held += IsUnmoved ? 0 : 1;
        _losses[(from, to)] = percent;
        return true;
    });

    public void Unplug(int node) => Change(() => _unplugged.Add(node));

    public void Plug(int node) => Change(() => _unplugged.Remove(node));

    public Task<DateTimeOffset?> ClockAsync(int node) => Task.FromResult<DateTimeOffset?>(null);

    public void Dispose() => _directory.Dispose();

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    private bool IsDamaged(int node) => !File.ReadAllBytes(LogFileOf(node)).AsSpan().SequenceEqual(Content);

    private string LogFileOf(int node) => Path.Combine(DataOf(node), "wal", "log.0");

    private bool Change(Func<bool> change)
    {
        lock (_gate)
        {
            return change();
        }
    }
}
