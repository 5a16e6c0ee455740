using KvNode;
using KvProcesses.Processes;

namespace Harness.Drivers;

/// <summary>Tells the ends of nodes that were asked for, or that a fault explains, from all others. Callable from any
/// thread.</summary>
internal sealed class NodeEnds
{
    private const int LastWords = 40;
    private readonly Lock _gate = new();
    private readonly HashSet<NodeProcess> _asked = [];
    private readonly SortedSet<int> _mayFail = [];
    private readonly List<string> _crashes = [];

    /// <summary>Gets the ends that nobody asked for and no fault explains, in words.</summary>
    public IReadOnlyList<string> Crashes
    {
        get
        {
            lock (_gate)
            {
                return [.. _crashes];
            }
        }
    }

    /// <summary>Says that a process is being ended.</summary>
    public void Asked(NodeProcess process)
    {
        lock (_gate)
        {
            _asked.Add(process);
        }
    }

    /// <summary>Says whether a node may end by itself now, because its disk fails.</summary>
    public void MayFail(int node, bool mayFail)
    {
        lock (_gate)
        {
            _ = mayFail ? _mayFail.Add(node) : _mayFail.Remove(node);
        }
    }

    /// <summary>Judges the end of a process as soon as it comes.</summary>
    /// <returns>Completes when it has come.</returns>
    public async Task WatchAsync(NodeProcess process)
    {
        int code = await process.WaitForExitAsync(Timeout.InfiniteTimeSpan).ConfigureAwait(false);
        lock (_gate)
        {
            int node = process.Launch.NodeId;
            if (!_asked.Contains(process) && !(_mayFail.Contains(node) && IsOfDisk(process, code)))
            {
                _crashes.Add($"Node {node} ended by itself with code {code}: "
                    + string.Join(" | ", process.Log.Recent(3)));
            }
        }
    }

    /// <summary>Says that a node has not stopped as it should.</summary>
    public void Misbehaved(string what)
    {
        lock (_gate)
        {
            _crashes.Add(what);
        }
    }

    // The code alone stands for other faults as well.
    private static bool IsOfDisk(NodeProcess process, int code) => code == (int)ExitCode.StorageFailed
        && process.Log.Recent(LastWords).Any(line => line.Contains("StorageFailedException", StringComparison.Ordinal));
}
