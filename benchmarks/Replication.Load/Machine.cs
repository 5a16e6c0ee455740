using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using KvProcesses.Processes;
using Microsoft.Win32.SafeHandles;

namespace Replication.Load;

/// <summary>What the figures depend on: the kind of machine, its disk, and the commit.</summary>
internal static class Machine
{
    public static string Describe()
    {
        double gibibytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)(1 << 30);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Environment.ProcessorCount} cores, {gibibytes:f0} GiB, {RuntimeInformation.OSDescription}, "
                + $".NET {Environment.Version}");
    }

    /// <summary>Gets how many tasks wanted a processor over the last minute: on a quiet machine it is near 0
    /// before a run.</summary>
    public static double LoadAverage() =>
        File.Exists("/proc/loadavg")
            ? double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture)
            : double.NaN;

    public static async Task<string> CommitAsync()
    {
        string commit = await GitAsync("rev-parse", "--short=12", "HEAD");
        return await GitAsync("status", "--porcelain", "--untracked-files=no") is "" ? commit
            : commit + " with changes";
    }

    /// <summary>Measures what a durable write of one page costs here.</summary>
    public static double FlushMilliseconds()
    {
        using TemporaryDirectory directory = new("replication-load-flush");
        using SafeFileHandle file = File.OpenHandle(
            Path.Combine(directory.Path, "probe"), FileMode.CreateNew, FileAccess.ReadWrite,
                preallocationSize: 4 << 20);
        byte[] page = new byte[4096];
        List<double> times = [];
        for (int i = 0; i < 200; i++)
        {
            long began = Stopwatch.GetTimestamp();
            RandomAccess.Write(file, page, i * page.Length);
            RandomAccess.FlushToDisk(file);
            times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }

        return SystemReport.Median(times);
    }

    private static async Task<string> GitAsync(params string[] arguments)
    {
        using Process git = Process.Start(new ProcessStartInfo("git", arguments) { RedirectStandardOutput = true })!;
        string output = await git.StandardOutput.ReadToEndAsync();
        await git.WaitForExitAsync();
        return output.Trim();
    }
}
