using System.Globalization;
using System.Text.Json;
using Harness.Nemeses;
using Harness.Report;
using Replication.Testing.Checkers;
using Replication.Testing.Histories;

namespace Harness.Runs;

/// <summary>What a run came to.</summary>
internal sealed record TestResult
{
    private static readonly JsonSerializerOptions Form = new() { WriteIndented = true };
    private static readonly string[] OfTheCluster = ["recovery", "last reads", "nodes", "answers"];

    public required TestOptions Options { get; init; }

    public required IReadOnlyList<NamedVerdict> Verdicts { get; init; }

    public required History History { get; init; }

    public required IReadOnlyList<FaultRecord> Faults { get; init; }

    public required IReadOnlyList<Availability> Availability { get; init; }

    /// <summary>Gets the verdict over all checks.</summary>
    public Verdict Verdict => Verdict.All([.. Verdicts.Select(named => named.Verdict)]);

    /// <summary>Gets whether what clients saw was wrong, and the cluster well otherwise: what a control must come
    /// to.</summary>
    public bool IsFoundOut => Verdicts[0].Verdict.Validity == Validity.Invalid
        && Verdicts.Skip(1).All(named => named.Verdict.Validity == Validity.Valid
            || (named.Verdict.Validity == Validity.Unknown && !OfTheCluster.Contains(named.Check)));

    /// <summary>Gets how the process ends: 0 valid, 1 invalid, 2 unknown.</summary>
    public int ExitCode => Verdict.Validity switch
    {
        Validity.Valid => 0,
        Validity.Invalid => 1,
        _ => 2,
    };

    /// <summary>Writes the result and the report beside the history.</summary>
    public void WriteAll(string directory)
    {
        Write(Path.Combine(directory, "result.json"));
        ReportPage.Write(this, Path.Combine(directory, "report.html"));
    }

    /// <summary>Writes it as JSON.</summary>
    public void Write(string path) => File.WriteAllText(path, JsonSerializer.Serialize(
        new
        {
            command = Options.Command,
            valid = Verdict.Validity.ToString().ToLowerInvariant(),
            checks = Verdicts.Select(named => new
            {
                name = named.Check,
                valid = named.Verdict.Validity.ToString().ToLowerInvariant(),
                reason = named.Verdict.Reason,
            }),
            operations = History.Operations.GroupBy(operation => operation.F).ToDictionary(
                group => group.Key,
                group => group.GroupBy(operation => operation.Outcome.ToString().ToLowerInvariant())
                    .ToDictionary(outcomes => outcomes.Key, outcomes => outcomes.Count())),
            faults = Availability.Select(met => new
            {
                nemesis = met.Fault.Nemesis,
                what = met.Fault.What,
                beginSeconds = Seconds(met.Fault.Begin),
                endSeconds = Seconds(met.Fault.End),
                hadEffect = met.Fault.HadEffect,
                longestGapMilliseconds = Math.Round(met.LongestGap.TotalMilliseconds),
                recoveryMilliseconds = met.Recovery is { } recovery
                    ? Math.Round(recovery.TotalMilliseconds) : (double?)null,
            }),
        },
        Form));

    /// <summary>Gets lines for people.</summary>
    public IEnumerable<string> Lines()
    {
        yield return string.Join(", ", History.Operations.GroupBy(operation => operation.F).Select(group =>
            $"{group.Key}: {group.Count(o => o.Outcome == HistoryEventType.Ok)} ok, "
            + $"{group.Count(o => o.Outcome == HistoryEventType.Fail)} fail, "
            + $"{group.Count(o => o.Outcome == HistoryEventType.Info)} info"));
        foreach (Availability met in Availability)
        {
            string recovery = met.Recovery is { } time
                ? string.Create(CultureInfo.InvariantCulture, $"recovered after {time.TotalMilliseconds:f0} ms")
                : "no success after it";
            yield return string.Create(CultureInfo.InvariantCulture,
                $"{Seconds(met.Fault.Begin),6:f1} s to {Seconds(met.Fault.End),6:f1} s {met.Fault.What}"
                + $"{(met.Fault.HadEffect ? "" : " (without effect)")}: longest gap "
                + $"{met.LongestGap.TotalMilliseconds:f0} ms, {recovery}");
        }

        foreach (NamedVerdict named in Verdicts)
        {
            yield return $"{named.Check}: {named.Verdict}";
        }

        yield return $"valid: {Verdict.Validity.ToString().ToLowerInvariant()}";
    }

    private static double Seconds(long nanoseconds) => Math.Round(nanoseconds / 1e9, 2);
}
