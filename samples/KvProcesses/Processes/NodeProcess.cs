using System.Diagnostics;
using System.Text.Json;

namespace KvProcesses.Processes;

/// <summary>One run of a KvNode process, from start to end. Callable from any thread.</summary>
/// <remarks>The process can't outlive its starter: it is killed on dispose, and ends by itself when its standard input
/// closes.</remarks>
public sealed class NodeProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly NodeLog _log;
    private readonly TaskCompletionSource<ReadyReport> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<int> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _pump;

    private NodeProcess(NodeLaunch launch, Process process, NodeLog log)
    {
        Launch = launch;
        _process = process;
        _log = log;
        _pump = PumpAsync();
    }

    /// <summary>Gets what it was started with.</summary>
    public NodeLaunch Launch { get; }

    /// <summary>Gets where it listens.</summary>
    public Uri Address => _ready.Task.Result.Address;

    /// <summary>Gets the process id of the node itself, also under a wrapper.</summary>
    public int ProcessId => _ready.Task.Result.Pid;

    /// <summary>Gets whether it runs, paused or not.</summary>
    public bool IsRunning => !_ended.Task.IsCompleted;

    /// <summary>Gets what it printed.</summary>
    public NodeLog Log => _log;

    /// <summary>Gets the processor time it has used so far.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            using Process node = Process.GetProcessById(ProcessId);
            return node.TotalProcessorTime;
        }
    }

    /// <summary>Starts a node and waits for its ready line.</summary>
    /// <param name="launch">What to start it with.</param>
    /// <param name="cancellationToken">Gives the start up and kills the process.</param>
    /// <returns>The running node.</returns>
    /// <exception cref="NodeStartException">It ended or said nothing in time.</exception>
    public static async Task<NodeProcess> StartAsync(NodeLaunch launch, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(launch);
        NodeLog log = new(launch.LogFile);
        NodeProcess node =
            new(launch, KvNodeProgram.Start(
                KvNodeProgram.Prepare(launch.RunArguments(), launch.Wrapper, launch.Assembly)), log);
        try
        {
            await Task.WhenAny(node._ready.Task, node._ended.Task)
                .WaitAsync(launch.StartTimeout, cancellationToken).ConfigureAwait(false);
            return node._ready.Task.IsCompletedSuccessfully ? node
                : throw node.StartError($"ended with code {await node._ended.Task.ConfigureAwait(false)}");
        }
        catch (TimeoutException)
        {
            NodeStartException error = node.StartError($"was not ready after {launch.StartTimeout.TotalSeconds} s");
            await node.DisposeAsync().ConfigureAwait(false);
            throw error;
        }
        catch
        {
            await node.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Ends it with SIGKILL, without waiting: it does nothing more from now on.</summary>
    public void Kill() => Signal(PosixSignals.Kill);

    /// <summary>Stops it in its tracks (SIGSTOP).</summary>
    public void Pause() => Signal(PosixSignals.Stop);

    /// <summary>Lets it go on (SIGCONT).</summary>
    public void Resume() => Signal(PosixSignals.Continue);

    /// <summary>Asks it to stop (SIGTERM), without waiting.</summary>
    public void Terminate() => Signal(PosixSignals.Terminate);

    /// <summary>Waits for its end.</summary>
    /// <param name="timeout">How long at most.</param>
    /// <returns>The exit code; 128 and more: ended by the signal of that number less 128.</returns>
    /// <exception cref="TimeoutException">It still runs.</exception>
    public async Task<int> WaitForExitAsync(TimeSpan timeout)
    {
        int code = await _ended.Task.WaitAsync(timeout).ConfigureAwait(false);
        await _pump.ConfigureAwait(false);
        return code;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (IsRunning)
        {
            if (_ready.Task.IsCompletedSuccessfully)
            {
                Signal(PosixSignals.Kill);
            }

            _process.Kill(entireProcessTree: true);
        }

        await _pump.ConfigureAwait(false);
        _log.Dispose();
        _process.Dispose();
    }

    private void Signal(int signal)
    {
        if (IsRunning)
        {
            PosixSignals.Send(ProcessId, signal);
        }
    }

    private NodeStartException StartError(string what)
    {
        IReadOnlyList<string> last = _log.Recent(20);
        int? code = _ended.Task.IsCompletedSuccessfully ? _ended.Task.Result : null;
        return new NodeStartException(
            $"Node {Launch.NodeId} {what}: {string.Join(" | ", last.TakeLast(3))}", code, last);
    }

    private async Task PumpAsync()
    {
        await Task.Yield();
        Task error = PumpLinesAsync(_process.StandardError, static (_, _) => { });
        Task output = PumpLinesAsync(_process.StandardOutput, static (node, line) => node.LookForReady(line));
        await Task.WhenAll(error, output, _process.WaitForExitAsync()).ConfigureAwait(false);
        _ended.TrySetResult(_process.ExitCode);
    }

    private async Task PumpLinesAsync(StreamReader reader, Action<NodeProcess, string> seen)
    {
        while (await reader.ReadLineAsync().ConfigureAwait(false) is { } line)
        {
            _log.Add(line);
            seen(this, line);
        }
    }

    private void LookForReady(string line)
    {
        if (!line.StartsWith("{\"event\":\"ready\"", StringComparison.Ordinal))
        {
            return;
        }

        using JsonDocument report = JsonDocument.Parse(line);
        _ready.TrySetResult(new ReadyReport(
            new Uri(report.RootElement.GetProperty("address").GetString()!),
            report.RootElement.GetProperty("pid").GetInt32()));
    }

    private readonly record struct ReadyReport(Uri Address, int Pid);
}
