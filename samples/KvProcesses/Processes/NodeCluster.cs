namespace KvProcesses.Processes;

/// <summary>A cluster of KvNode processes on loopback. Not thread-safe.</summary>
public sealed class NodeCluster : IAsyncDisposable
{
    private static readonly TimeSpan InitTimeout = TimeSpan.FromSeconds(60);
    private readonly NodeClusterOptions _options;
    private readonly SortedDictionary<int, NodeProcess> _running = [];

    private NodeCluster(NodeClusterOptions options, IReadOnlyList<int> ports)
    {
        _options = options;
        ClusterId = Guid.NewGuid();
        NodeIds = [.. Enumerable.Range(1, options.Nodes)];
        Addresses = NodeIds.ToDictionary(id => id, id => new Uri($"{options.Scheme}://127.0.0.1:{ports[id - 1]}"));
    }

    /// <summary>Gets the cluster.</summary>
    public Guid ClusterId { get; }

    /// <summary>Gets the nodes.</summary>
    public IReadOnlyList<int> NodeIds { get; }

    /// <summary>Gets where each node listens.</summary>
    public IReadOnlyDictionary<int, Uri> Addresses { get; }

    /// <summary>Gets the running process of a node.</summary>
    /// <param name="nodeId">The node.</param>
    public NodeProcess this[int nodeId] => _running.TryGetValue(nodeId, out NodeProcess? node)
        ? node
        : throw new InvalidOperationException($"Node {nodeId} was not started.");

    /// <summary>Initializes the data directory of every node; starts none.</summary>
    /// <param name="options">What the cluster is made of.</param>
    /// <returns>The cluster.</returns>
    public static async Task<NodeCluster> InitializeAsync(NodeClusterOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        NodeCluster cluster = new(options, FreePorts.Take(options.Nodes));
        Directory.CreateDirectory(options.Directory);
        ProgramResult[] results =
            await Task.WhenAll(cluster.NodeIds.Select(cluster.InitializeNodeAsync)).ConfigureAwait(false);
        return results.FirstOrDefault(r => r.ExitCode != 0) is { } failed
            ? throw new InvalidOperationException($"init ended with code {failed.ExitCode}: {failed.Error.Trim()}")
            : cluster;
    }

    /// <summary>Gets the data directory of a node.</summary>
    /// <param name="nodeId">The node.</param>
    /// <returns>Its path.</returns>
    public string DataDirectory(int nodeId) => Path.Combine(_options.Directory, $"node{nodeId}");

    /// <summary>Gets the file with what a node printed.</summary>
    /// <param name="nodeId">The node.</param>
    /// <returns>Its path.</returns>
    public string LogFile(int nodeId) => Path.Combine(_options.Directory, $"node{nodeId}.log");

    /// <summary>Gets what a node is started with.</summary>
    /// <param name="nodeId">The node.</param>
    /// <returns>The launch; callers may change a copy.</returns>
    public NodeLaunch LaunchOf(int nodeId) => new()
    {
        NodeId = nodeId,
        ClusterId = ClusterId,
        DataDirectory = DataDirectory(nodeId),
        LogFile = LogFile(nodeId),
        Listen = Addresses[nodeId],
        Assembly = _options.Assembly,
        Options = [.. _options.Options, .. _options.OptionsOf(nodeId)],
    };

    /// <summary>Starts all nodes that don't run, and waits until each is ready.</summary>
    /// <returns>Completes when all are.</returns>
    public Task StartAllAsync() => Task.WhenAll(NodeIds.Where(id => !IsRunning(id)).Select(id => StartAsync(id)));

    /// <summary>Starts a node and waits until it is ready.</summary>
    /// <param name="nodeId">The node; not running.</param>
    /// <param name="change">Changes what it is started with.</param>
    /// <returns>The running node.</returns>
    public async Task<NodeProcess> StartAsync(int nodeId, Func<NodeLaunch, NodeLaunch>? change = null)
    {
        NodeProcess? former;
        lock (_running)
        {
            _running.Remove(nodeId, out former);
        }

        if (former is not null)
        {
            await former.DisposeAsync().ConfigureAwait(false);
        }

        NodeLaunch launch = LaunchOf(nodeId);
        NodeProcess node = await NodeProcess.StartAsync(change?.Invoke(launch) ?? launch).ConfigureAwait(false);
        lock (_running)
        {
            _running[nodeId] = node;
        }

        return node;
    }

    /// <summary>Gets whether a node runs, paused or not.</summary>
    /// <param name="nodeId">The node.</param>
    /// <returns>Whether it does.</returns>
    public bool IsRunning(int nodeId)
    {
        lock (_running)
        {
            return _running.TryGetValue(nodeId, out NodeProcess? node) && node.IsRunning;
        }
    }

    /// <summary>Kills every running node with SIGKILL, one right after the other, then waits until all are
    /// gone.</summary>
    /// <returns>Completes when all are gone.</returns>
    public async Task KillAllAsync()
    {
        List<NodeProcess> nodes;
        lock (_running)
        {
            nodes = [.. _running.Values];
        }

        foreach (NodeProcess node in nodes)
        {
            node.Kill();
        }

        foreach (NodeProcess node in nodes)
        {
            await node.WaitForExitAsync(TimeSpan.FromSeconds(30)).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (NodeProcess node in _running.Values)
        {
            await node.DisposeAsync().ConfigureAwait(false);
        }

        _running.Clear();
    }

    private Task<ProgramResult> InitializeNodeAsync(int nodeId)
    {
        List<string> arguments =
            ["init", "--node-id", $"{nodeId}", "--cluster-id", $"{ClusterId}", "--data-directory",
                DataDirectory(nodeId)];
        foreach ((int id, Uri address) in Addresses)
        {
            arguments.AddRange(["--member", $"{id}={address.GetLeftPart(UriPartial.Authority)}"]);
        }

        return KvNodeProgram.RunAsync(arguments, InitTimeout, _options.Assembly);
    }
}
