using System.Diagnostics;
using System.Globalization;
using Harness.Drivers;

namespace Harness.Nemeses;

/// <summary>A strace that is attached to a running node and changes its writes and flushes.</summary>
internal sealed class Tracer : IDisposable
{
    private const string Calls = "pwrite64,fdatasync,fsync";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private readonly Process _strace;
    private readonly string _trace;

    private Tracer(int node, Process strace, string trace)
    {
        Node = node;
        _strace = strace;
        _trace = trace;
    }

    /// <summary>Gets the node.</summary>
    public int Node { get; }

    /// <summary>Gets how many calls were changed; known when it is detached.</summary>
    public int Hits => File.Exists(_trace)
        ? File.ReadLines(_trace).Count(line => line.Contains("(INJECTED)", StringComparison.Ordinal)
            || line.Contains("(DELAYED)", StringComparison.Ordinal))
        : 0;

    /// <summary>Attaches.</summary>
    /// <param name="driver">Has the node.</param>
    /// <param name="node">The node.</param>
    /// <param name="change">What becomes of the calls, in strace's words.</param>
    /// <exception cref="InvalidOperationException">There is no strace.</exception>
    public static Tracer Attach(IClusterDriver driver, int node, string change)
    {
        string trace = $"{driver.LogOf(node)}.strace";
        ProcessStartInfo start = new("strace",
            [
                "-f", "-qq", "-p", driver.ProcessIdOf(node).ToString(CultureInfo.InvariantCulture), "-o", trace,
                "-e", $"trace={Calls}", "-e", $"inject={Calls}:{change}",
            ]);
        try
        {
            return new Tracer(node, Process.Start(start)!, trace);
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new InvalidOperationException($"strace can't be run: {e.Message}", e);
        }
    }

    /// <summary>Detaches; the node goes on.</summary>
    public async Task DetachAsync()
    {
        if (!_strace.HasExited)
        {
            SystemCommand.RunAny(string.Create(CultureInfo.InvariantCulture, $"kill -INT {_strace.Id}"));
        }

        using CancellationTokenSource limit = new(Patience);
        try
        {
            await _strace.WaitForExitAsync(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // A thread that came or went while calls were delayed can keep it waiting; the node goes on without it.
            _strace.Kill();
            await _strace.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }

    public void Dispose() => _strace.Dispose();
}
