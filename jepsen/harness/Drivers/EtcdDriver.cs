using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using KvProcesses.Clients;

namespace Harness.Drivers;

/// <summary>An etcd cluster: a foreign system whose behaviour is known, to show that the harness tells right from
/// wrong. Each member has a network namespace: etcd knows a peer by one address, so no proxy fits each way.</summary>
internal sealed class EtcdDriver : IClusterDriver
{
    private const int PeerPort = 7100;
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(30);
    private readonly ClusterSpec _spec;
    private readonly NamespacePlacement _placement;
    private readonly Process?[] _processes;
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(2) };

    public EtcdDriver(ClusterSpec spec)
    {
        _spec = spec;
        _placement = new NamespacePlacement(spec.Nodes);
        Nodes = [.. Enumerable.Range(1, spec.Nodes)];
        _processes = new Process?[spec.Nodes + 1];
    }

    /// <inheritdoc/>
    public string Name => "etcd";

    /// <inheritdoc/>
    public IReadOnlyList<int> Nodes { get; }

    /// <inheritdoc/>
    public INetworkFaults Network => _placement.Network;

    /// <inheritdoc/>
    public NodeClocks? Clocks => null;

    /// <inheritdoc/>
    public NodeProgram Program => _spec.Program;

    /// <inheritdoc/>
    public Uri AddressOf(int node) => _placement.AddressOf(node);

    /// <inheritdoc/>
    public Uri HttpAddressOf(int node) => AddressOf(node);

    /// <inheritdoc/>
    public string LogOf(int node) => Path.Combine(_spec.Directory, $"node{node}.log");

    /// <inheritdoc/>
    public string DataOf(int node) => Path.Combine(_spec.Directory, $"node{node}");

    /// <inheritdoc/>
    public Task SetUpAsync() => _placement.SetUpAsync();

    /// <inheritdoc/>
    public async Task StartAsync(int node)
    {
        _processes[node]?.Dispose();

        // The shell only sends what etcd prints to the log; it becomes etcd.
        string line = string.Join(' ', _placement.WrapperOf(node).Concat(["etcd"]).Concat(OptionsOf(node)));
        _processes[node] = Process.Start("sh", ["-c", $"exec {line} >>'{LogOf(node)}' 2>&1"]);
        using CancellationTokenSource limit = new(StartPatience);
        while (!limit.IsCancellationRequested)
        {
            // The first members wait for the others before they serve.
            if (_processes.Count(process => process is { HasExited: false }) < Nodes.Count
                || await HealthAsync(node).ConfigureAwait(false) is not null)
            {
                return;
            }

            await Task.Delay(50, CancellationToken.None).ConfigureAwait(false);
        }

        throw new TimeoutException($"etcd {node} did not serve within {StartPatience.TotalSeconds} s.");
    }

    /// <inheritdoc/>
    public async Task<int> StopAsync(int node)
    {
        Signal(node, "TERM");
        await _processes[node]!.WaitForExitAsync().ConfigureAwait(false);
        return _processes[node]!.ExitCode;
    }

    /// <inheritdoc/>
    public async Task<bool> KillAsync(int node)
    {
        if (!IsRunning(node))
        {
            return false;
        }

        _processes[node]!.Kill();
        await _processes[node]!.WaitForExitAsync().ConfigureAwait(false);
        return true;
    }

    /// <inheritdoc/>
    public bool Pause(int node) => Signal(node, "STOP");

    /// <inheritdoc/>
    public void Resume(int node) => Signal(node, "CONT");

    /// <inheritdoc/>
    public Task WipeAsync(int node)
    {
        Directory.Delete(DataOf(node), recursive: true);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public bool IsRunning(int node) => _processes[node] is { HasExited: false };

    /// <inheritdoc/>
    public int ProcessIdOf(int node) => _processes[node]!.Id;

    /// <inheritdoc/>
    public async Task<int?> ExitCodeAsync(int node, TimeSpan patience)
    {
        using CancellationTokenSource limit = new(patience);
        try
        {
            await _processes[node]!.WaitForExitAsync(limit.Token).ConfigureAwait(false);
            return _processes[node]!.ExitCode;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public async Task<NodeView?> HealthAsync(int node)
    {
        try
        {
            using StringContent nothing = new("{}");
            using HttpResponseMessage response = await _http
                .PostAsync(new Uri(_placement.ListenOf(node), "v3/maintenance/status"), nothing).ConfigureAwait(false);
            using JsonDocument status = JsonDocument.Parse(
                await response.Content.ReadAsStringAsync().ConfigureAwait(false));
            return EtcdStatus.Of(node, status.RootElement);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or JsonException
            or System.Net.Sockets.SocketException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public Task<DateTimeOffset?> ClockAsync(int node) => Task.FromResult<DateTimeOffset?>(null);

    public async ValueTask DisposeAsync()
    {
        foreach (Process process in _processes.OfType<Process>())
        {
            if (!process.HasExited)
            {
                process.Kill();
                await process.WaitForExitAsync().ConfigureAwait(false);
            }

            process.Dispose();
        }

        _http.Dispose();
        await _placement.DisposeAsync().ConfigureAwait(false);
    }

    private IEnumerable<string> OptionsOf(int node)
    {
        string members = string.Join(',', Nodes.Select(member => $"n{member}={PeerUrlOf(member)}"));
        string clients = _placement.ListenOf(node).GetLeftPart(UriPartial.Authority);
        return
        [
            "--name", $"n{node}", "--data-dir", DataOf(node), "--initial-cluster", members,
            "--listen-peer-urls", PeerUrlOf(node), "--initial-advertise-peer-urls", PeerUrlOf(node),
            "--listen-client-urls", clients, "--advertise-client-urls", clients,
            "--heartbeat-interval", "50", "--election-timeout", "500",
        ];
    }

    private string PeerUrlOf(int node) => string.Create(
        CultureInfo.InvariantCulture, $"http://{_placement.ListenOf(node).Host}:{PeerPort}");

    private bool Signal(int node, string signal) => IsRunning(node) && SystemCommand.RunAny(string.Create(
        CultureInfo.InvariantCulture, $"kill -{signal} {_processes[node]!.Id}")).Code == 0;
}
