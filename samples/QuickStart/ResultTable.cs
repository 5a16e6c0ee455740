using System.Globalization;
using KvProcesses.Verification;
using KvProcesses.Workloads;

namespace QuickStart;

/// <summary>The table at the end.</summary>
internal sealed record ResultTable
{
    public required TimeSpan Duration { get; init; }

    public required LoadCounters Counters { get; init; }

    public required TimeSpan? Failover { get; init; }

    public required TimeSpan CatchUp { get; init; }

    public required VerificationReport Report { get; init; }

    public bool IsGood => Report.IsClean && Counters.StaleReads == 0 && Failover is not null;

    public IEnumerable<string> Lines()
    {
        double seconds = Duration.TotalSeconds;
        yield return "";
        yield return $"{"",-24} {"per second",12} {"p50",10} {"p99",10} {"max",10}";
        yield return Latencies("updates", Counters.Writes, seconds);
        yield return Latencies("reads (linearizable)", Counters.Reads, seconds);
        yield return "";
        yield return Row("writes stopped for", Failover is { } outage ? Text(outage)
            : "not measured: no write was acknowledged after the kill");
        yield return Row("catch-up after restart", Text(CatchUp));
        yield return Row("keys checked", Number(Report.KeysChecked));
        yield return Row("writes covered", Number(Report.WritesCovered));
        yield return Row("acknowledged", Number(Report.Acknowledged));
        yield return Row("indeterminate", Number(Report.Indeterminate));
        yield return Row("stale reads", Number(Counters.StaleReads));
        yield return Row("unverified", Number(Report.Unread));
        yield return Row("lost", Number(Report.Lost));
        foreach (string finding in Report.Findings)
        {
            yield return "  " + finding;
        }
    }

    private static string Latencies(string name, LatencyHistogram histogram, double seconds) =>
        $"{name,-24} {Number((long)(histogram.Count / seconds)),12} {Text(histogram.Quantile(0.5)),10} "
        + $"{Text(histogram.Quantile(0.99)),10} {Text(histogram.Maximum),10}";

    private static string Row(string name, string value) => $"{name,-24} {value,12}";

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Text(TimeSpan time) =>
        time < TimeSpan.FromSeconds(10)
            ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:f1} ms")
            : string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:f1} s");
}
