using System.Diagnostics;
using System.Globalization;
using KvProcesses.Clients;

namespace Harness.Drivers;

/// <summary>A cluster of another system, whose behaviour is known: it shows that the harness tells right from wrong.
/// Each node is a process in a network namespace of its own.</summary>
/// <param name="name">The name that the command line knows.</param>
/// <param name="spec">What is asked for.</param>
internal abstract class ExternalDriver(string name, ClusterSpec spec) : IClusterDriver
{
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(30);
    private readonly NamespacePlacement _placement = new(spec.Nodes);
    private readonly Process?[] _processes = new Process?[spec.Nodes + 1];

    /// <inheritdoc/>
    public IReadOnlyList<int> Nodes { get; } = [.. Enumerable.Range(1, spec.Nodes)];

    /// <inheritdoc/>
    public INetworkFaults Network => _placement.Network;

    /// <inheritdoc/>
    public NodeClocks? Clocks => null;

    /// <inheritdoc/>
    public NodeDisks? Disks => null;

    /// <inheritdoc/>
    public NodeProgram Program => spec.Program;

    /// <inheritdoc/>
    public Uri AddressOf(int node) => _placement.AddressOf(node);

    /// <inheritdoc/>
    public Uri HttpAddressOf(int node) => AddressOf(node);

    /// <inheritdoc/>
    public string LogOf(int node) => Path.Combine(spec.Directory, $"node{node}.log");

    /// <inheritdoc/>
    public string DataOf(int node) => Path.Combine(spec.Directory, $"node{node}");

    /// <inheritdoc/>
    public virtual Task SetUpAsync()
    {
        foreach (int node in Nodes)
        {
            Directory.CreateDirectory(DataOf(node));
        }

        return _placement.SetUpAsync();
    }

    /// <inheritdoc/>
    public async Task StartAsync(int node)
    {
        // The shell only sends what the program prints to the log; it becomes the program.
        string line = string.Join(' ', _placement.WrapperOf(node).Concat(CommandOf(node)));
        Process process = Process.Start("sh", ["-c", $"exec {line} >>'{LogOf(node)}' 2>&1"]);
        Interlocked.Exchange(ref _processes[node], process)?.Dispose();
        using CancellationTokenSource limit = new(StartPatience);
        while (!limit.IsCancellationRequested)
        {
            if (process.HasExited)
            {
                throw new InvalidOperationException($"{name} {node} ended with code {process.ExitCode}: "
                    + string.Join(" | ", File.ReadLines(LogOf(node)).TakeLast(3)));
            }

            // The first members may wait for the others before they serve.
            if (_processes.Count(process => process is { HasExited: false }) < Nodes.Count
                || await HealthAsync(node).ConfigureAwait(false) is not null)
            {
                return;
            }

            await Task.Delay(50, CancellationToken.None).ConfigureAwait(false);
        }

        throw new TimeoutException($"{name} {node} did not serve within {StartPatience.TotalSeconds} s.");
    }

    /// <inheritdoc/>
    public async Task<int> StopAsync(int node)
    {
        Signal(node, "TERM");
        if (await ExitCodeAsync(node, StartPatience).ConfigureAwait(false) is { } code)
        {
            return code;
        }

        await KillAsync(node).ConfigureAwait(false);
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
        Directory.CreateDirectory(DataOf(node));
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
    public void MayFail(int node, bool mayFail)
    {
        // Its ends are not judged.
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> CrashesAsync() => Task.FromResult<IReadOnlyList<string>>([]);

    /// <inheritdoc/>
    public abstract Task<NodeView?> HealthAsync(int node);

    /// <inheritdoc/>
    public Task<DateTimeOffset?> ClockAsync(int node) => Task.FromResult<DateTimeOffset?>(null);

    public virtual async ValueTask DisposeAsync()
    {
        try
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
        }
        finally
        {
            await _placement.DisposeAsync().ConfigureAwait(false);
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>Gets the program of a node with its options, without quotes.</summary>
    protected abstract IEnumerable<string> CommandOf(int node);

    private bool Signal(int node, string signal) => IsRunning(node) && SystemCommand.RunAny(string.Create(
        CultureInfo.InvariantCulture, $"kill -{signal} {_processes[node]!.Id}")).Code == 0;
}
