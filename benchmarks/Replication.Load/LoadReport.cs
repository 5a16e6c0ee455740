using System.Globalization;
using System.Text;
using System.Text.Json;
using Replication.Load.Measuring;

namespace Replication.Load;

/// <summary>Everything that was measured, and the medians of it.</summary>
internal sealed record LoadReport
{
    private const string Noisy =
        "; the machine was NOT quiet: compare the systems with each other, not with other runs";

    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true };

    public required string Date { get; init; }

    public required string Commit { get; init; }

    public required string Machine { get; init; }

    public required string Command { get; init; }

    public required double FlushMilliseconds { get; init; }

    public required double LoadAverageBefore { get; init; }

    public required SortedDictionary<string, SystemReport> Systems { get; init; }

    public string ToJson() => JsonSerializer.Serialize(this, Json);

    public string ToMarkdown()
    {
        StringBuilder text = new();
        text.AppendLine(CultureInfo.InvariantCulture, $"# Durable puts and failover, {Date}").AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture,
            $"Commit {Commit}; {Machine}; a write of 4 KiB with its flush takes {FlushMilliseconds:f2} ms (median).");
        text.AppendLine(CultureInfo.InvariantCulture,
            $"Load average before the run: {LoadAverageBefore:f1}{(LoadAverageBefore > 0.5 ? Noisy : "")}.");
        text.AppendLine(CultureInfo.InvariantCulture, $"Command: `{Command}`").AppendLine();
        foreach ((string name, SystemReport system) in Systems)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"- {name}: {system.Description}");
        }

        text.AppendLine();
        text.AppendLine("The systems ran side by side and were loaded in turn, each pass in the other order; medians.");
        text.AppendLine("One put under way per client.").AppendLine();
        text.AppendLine("| System | Clients | Puts/s | p50 | p99 | Server CPU per put | Failed |");
        text.AppendLine("| --- | ---: | ---: | ---: | ---: | ---: | ---: |");
        foreach ((string name, SystemReport system) in Systems)
        {
            foreach (ThroughputResult r in system.Medians())
            {
                text.AppendLine(
                    CultureInfo.InvariantCulture,
                    $"| {name} | {r.Clients} | {r.PutsPerSecond:N0} | {r.P50Milliseconds:f2} ms | "
                        + $"{r.P99Milliseconds:f2} ms | {r.ServerMicrosecondsPerPut:N0} µs | {r.Failed} |");
            }
        }

        AppendPairs(text);
        text.AppendLine();
        text.AppendLine("From SIGKILL of the leader to the next acknowledged write, a probe every 50 ms:").AppendLine();
        text.AppendLine("| System | Kills | Median | Shortest | Longest |");
        text.AppendLine("| --- | ---: | ---: | ---: | ---: |");
        foreach ((string name, SystemReport system) in Systems.Where(s => s.Value.FailoverMilliseconds.Count > 0))
        {
            List<double> times = system.FailoverMilliseconds;
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"| {name} | {times.Count} | {SystemReport.Median(times):N0} ms | {times.Min():N0} ms | "
                    + $"{times.Max():N0} ms |");
        }

        return text.ToString();
    }

    // A pass loads the systems one right after the other: its ratio is freer of the machine's drift than two medians.
    private void AppendPairs(StringBuilder text)
    {
        PassRatios[] ratios = [.. PassRatios.Of(Systems)];
        if (ratios.Length == 0)
        {
            return;
        }

        text.AppendLine();
        text.AppendLine("Puts/s, one system's by the other's in the same pass:").AppendLine();
        text.AppendLine("| Systems | Clients | Median | Lowest | Highest | Passes ahead |");
        text.AppendLine("| --- | ---: | ---: | ---: | ---: | ---: |");
        foreach (PassRatios r in ratios)
        {
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"| {r.System} / {r.Other} | {r.Clients} | {r.Median:f2} | {r.Sorted[0]:f2} | {r.Sorted[^1]:f2} | "
                    + $"{r.Ahead} of {r.Sorted.Length} |");
        }
    }
}

/// <summary>What was measured of one system, in every pass.</summary>
internal sealed class SystemReport
{
    public string Description { get; set; } = "";

    public List<ThroughputResult> Throughput { get; } = [];

    public List<double> FailoverMilliseconds { get; } = [];

    public IEnumerable<ThroughputResult> Medians() => Throughput.GroupBy(r => r.Clients).OrderBy(g => g.Key).Select(g =>
        new ThroughputResult(
        g.Key,
        Median(g.Select(r => r.PutsPerSecond)),
        Median(g.Select(r => r.P50Milliseconds)),
        Median(g.Select(r => r.P99Milliseconds)),
        g.Max(r => r.MaxMilliseconds),
        Median(g.Select(r => r.ServerMicrosecondsPerPut)),
        g.Sum(r => r.Failed)));

    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        int middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
