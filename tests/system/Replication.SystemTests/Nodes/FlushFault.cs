using KvProcesses.Processes;

namespace Replication.SystemTests.Nodes;

/// <summary>A system call of a node that fails from some call on, injected by strace into those that touch given files
/// and no others.</summary>
/// <param name="Call">The system call.</param>
/// <param name="Error">The error, for example EIO.</param>
/// <param name="Paths">The files, below the node's data directory.</param>
/// <param name="From">From which call on, counted in each thread.</param>
internal sealed record FlushFault(string Call, string Error, IReadOnlyList<string> Paths, int From)
{
    public NodeLaunch Inject(NodeLaunch launch, string trace) => launch with
    {
        Wrapper =
        [
            "strace", "-f", "--seccomp-bpf", "-qq", "-o", trace, "-e", $"trace={Call}", "-e",
                $"inject={Call}:error={Error}:when={From}+",
            .. Paths.SelectMany(p => new[] { "-P", Path.Combine(launch.DataDirectory, p) }),
        ],
    };

    /// <summary>How often the fault was injected.</summary>
    public static int Hits(string trace) =>
        File.Exists(trace) ? File.ReadLines(trace).Count(l => l.Contains("(INJECTED)", StringComparison.Ordinal)) : 0;
}
