using KvProcesses.Clients;
using KvProcesses.Processes;

namespace Harness.Drivers;

/// <summary>Nodes as processes of this machine, wherever they are placed.</summary>
internal sealed class ProcessDriver : IClusterDriver
{
    // With the node's own default no run would be long enough for a checkpoint.
    private const string CheckpointLogBytes = "131072";

    private const int NeverStarted = -1;
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(30);
    private readonly Guid _clusterId = Guid.NewGuid();
    private readonly ClusterSpec _spec;
    private readonly INodePlacement _placement;
    private readonly NodeProcess?[] _processes;
    private readonly Task[] _watches;
    private readonly NodeApi[] _apis;
    private readonly NodeEnds _ends = new();

    /// <summary>Creates a driver.</summary>
    /// <param name="spec">What is asked for.</param>
    /// <param name="placement">Where nodes run; the driver disposes it.</param>
    public ProcessDriver(ClusterSpec spec, INodePlacement placement)
    {
        _spec = spec;
        _placement = placement;
        Nodes = [.. Enumerable.Range(1, spec.Nodes)];
        Disks = spec.HasOwnDisks ? new NodeDisks(spec.Directory, Nodes) : null;
        _processes = new NodeProcess?[spec.Nodes + 1];
        _watches = [.. Enumerable.Repeat(Task.CompletedTask, spec.Nodes + 1)];
        _apis = [.. Nodes.Select(node => new NodeApi(node, placement.ListenOf(node), Program.Group))];
    }

    /// <inheritdoc/>
    public IReadOnlyList<int> Nodes { get; }

    /// <inheritdoc/>
    public INetworkFaults Network => _placement.Network;

    /// <inheritdoc/>
    public NodeClocks? Clocks { get; private set; }

    /// <inheritdoc/>
    public NodeDisks? Disks { get; }

    /// <inheritdoc/>
    public NodeProgram Program => _spec.Program;

    /// <inheritdoc/>
    public Uri AddressOf(int node) => _placement.AddressOf(node);

    /// <inheritdoc/>
    public Uri HttpAddressOf(int node) => _placement.HttpAddressOf(node);

    /// <inheritdoc/>
    public string LogOf(int node) => Path.Combine(_spec.Directory, $"node{node}.log");

    /// <inheritdoc/>
    public string DataOf(int node) =>
        Disks?.DataOf(node) ?? Path.Combine(_spec.Directory, $"node{node}");

    /// <inheritdoc/>
    public async Task SetUpAsync()
    {
        await _placement.SetUpAsync().ConfigureAwait(false);
        Clocks = _spec.HasFakeClocks ? new NodeClocks(_spec.Directory, _spec.Nodes) : null;
        Disks?.SetUp();
        await Task.WhenAll(Nodes.Select(InitializeAsync)).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task StartAsync(int node)
    {
        if (_processes[node] is { } former)
        {
            await former.DisposeAsync().ConfigureAwait(false);
            _processes[node] = null;
        }

        List<string> options = ["--checkpoint-log-bytes", CheckpointLogBytes, .. _placement.Options];
        foreach (int peer in Nodes.Where(peer => peer != node))
        {
            options.AddRange(["--peer", $"{peer}={Text(_placement.PeerAddressOf(node, peer))}"]);
        }

        if (Program.HasHttp)
        {
            options.AddRange(["--http", _placement.HttpListenOf(node).Authority]);
        }

        _processes[node] = await NodeProcess.StartAsync(new NodeLaunch
        {
            NodeId = node,
            ClusterId = _clusterId,
            DataDirectory = DataOf(node),
            LogFile = LogOf(node),
            Listen = _placement.ListenOf(node),
            Options = options,
            Wrapper = [.. _placement.WrapperOf(node), .. Clocks?.WrapperOf(node) ?? []],
            Assembly = Program.Assembly,
        }).ConfigureAwait(false);
        _watches[node] = _ends.WatchAsync(_processes[node]!);
    }

    /// <inheritdoc/>
    public async Task<int> StopAsync(int node)
    {
        if (_processes[node] is not { } process)
        {
            return NeverStarted;
        }

        bool isAsked = process.IsRunning;
        if (isAsked)
        {
            _ends.Asked(process);
            process.Terminate();
        }

        try
        {
            int code = await process.WaitForExitAsync(StopTimeout).ConfigureAwait(false);
            if (code != 0 && isAsked)
            {
                _ends.Misbehaved($"Node {node} ended with code {code} when it was asked to stop: "
                    + string.Join(" | ", process.Log.Recent(3)));
            }

            return code;
        }
        catch (TimeoutException)
        {
            _ends.Misbehaved($"Node {node} did not stop within {StopTimeout.TotalSeconds} s.");
            process.Kill();
            return await process.WaitForExitAsync(StopTimeout).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async Task<bool> KillAsync(int node)
    {
        if (_processes[node] is not { IsRunning: true } process)
        {
            return false;
        }

        _ends.Asked(process);
        process.Kill();
        await process.WaitForExitAsync(StopTimeout).ConfigureAwait(false);
        return true;
    }

    /// <inheritdoc/>
    public bool Pause(int node)
    {
        if (_processes[node] is not { IsRunning: true } process)
        {
            return false;
        }

        process.Pause();
        return true;
    }

    /// <inheritdoc/>
    public void Resume(int node)
    {
        if (_processes[node] is { IsRunning: true } process)
        {
            process.Resume();
        }
    }

    /// <inheritdoc/>
    public async Task WipeAsync(int node)
    {
        if (IsRunning(node))
        {
            throw new InvalidOperationException($"Node {node} runs: its data can't be deleted.");
        }

        Directory.Delete(DataOf(node), recursive: true);
        await InitializeAsync(node).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public bool IsRunning(int node) => _processes[node] is { IsRunning: true };

    /// <inheritdoc/>
    public int ProcessIdOf(int node) => Running(node).ProcessId;

    /// <inheritdoc/>
    public async Task<int?> ExitCodeAsync(int node, TimeSpan patience)
    {
        try
        {
            return _processes[node] is { } process
                ? await process.WaitForExitAsync(patience).ConfigureAwait(false) : null;
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public void MayFail(int node, bool mayFail) => _ends.MayFail(node, mayFail);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> CrashesAsync()
    {
        await Task.WhenAll(Nodes.Where(node => !IsRunning(node)).Select(node => _watches[node])).ConfigureAwait(false);
        return _ends.Crashes;
    }

    /// <inheritdoc/>
    public Task<NodeView?> HealthAsync(int node) => _apis[node - 1].TryViewAsync();

    /// <inheritdoc/>
    public Task<DateTimeOffset?> ClockAsync(int node) =>
        Clocks?.ReadAsync(_placement.ListenOf(node)) ?? Task.FromResult<DateTimeOffset?>(null);

    public async ValueTask DisposeAsync()
    {
        try
        {
            foreach (NodeProcess process in _processes.OfType<NodeProcess>())
            {
                await process.DisposeAsync().ConfigureAwait(false);
            }
        }
        finally
        {
            try
            {
                await _placement.DisposeAsync().ConfigureAwait(false);
            }
            finally
            {
                Clocks?.Dispose();
                Disks?.Dispose();
                Array.ForEach(_apis, api => api.Dispose());
            }
        }
    }

    private async Task InitializeAsync(int node)
    {
        List<string> arguments =
        [
            "init", "--node-id", $"{node}", "--cluster-id", $"{_clusterId}", "--data-directory", DataOf(node),
        ];

        // What nodes tell clients of each other must be what clients can use: the proxies.
        foreach (int member in Nodes)
        {
            arguments.AddRange(["--member", $"{member}={Text(AddressOf(member))}"]);
        }

        ProgramResult result = await KvNodeProgram.RunAsync(arguments, StopTimeout).ConfigureAwait(false);
        if (result.ExitCode != 0)
        {
            throw new InvalidOperationException(
                $"init of node {node} ended with code {result.ExitCode}: {result.Error.Trim()}");
        }
    }

    private NodeProcess Running(int node) => _processes[node] is { IsRunning: true } process
        ? process : throw new InvalidOperationException($"Node {node} does not run.");

    private static string Text(Uri address) => address.GetLeftPart(UriPartial.Authority);
}
