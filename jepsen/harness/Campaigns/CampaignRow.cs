using Harness.Runs;
using Replication.Testing.Checkers;
using Replication.Testing.Histories;

namespace Harness.Campaigns;

/// <summary>What a run of a campaign came to.</summary>
internal sealed record CampaignRow
{
    /// <summary>Gets its directory within that of the campaign.</summary>
    public required string Directory { get; init; }

    /// <summary>Gets the command that makes it again.</summary>
    public required string Command { get; init; }

    /// <summary>Gets the commit of the sources; empty outside a clone.</summary>
    public required string Commit { get; init; }

    public required string Driver { get; init; }

    public required string Workload { get; init; }

    public required string Nemesis { get; init; }

    /// <summary>Gets the verdict that it must have.</summary>
    public required string Expect { get; init; }

    /// <summary>Gets the verdict that it has.</summary>
    public required string Verdict { get; init; }

    /// <summary>Gets why, if it isn't valid.</summary>
    public required string Reason { get; init; }

    /// <summary>Gets how many operations succeeded.</summary>
    public int Ok { get; init; }

    /// <summary>Gets how many operations nobody knows the outcome of.</summary>
    public int Unknown { get; init; }

    /// <summary>Gets how many faults of each nemesis had an effect.</summary>
    public IReadOnlyDictionary<string, int> Faults { get; init; } = new SortedDictionary<string, int>();

    /// <summary>Gets the longest time without success during a fault.</summary>
    public double LongestGapMilliseconds { get; init; }

    /// <summary>Gets the longest time from the end of a fault to a success; null if none followed one.</summary>
    public double? LongestRecoveryMilliseconds { get; init; }

    /// <summary>Gets whether the verdict is the one that was expected.</summary>
    public bool IsExpected { get; init; }

    /// <summary>Takes the result of a run.</summary>
    public static CampaignRow Of(string directory, PlannedRun run, TestResult result, string commit) =>
        Begin(directory, run, commit) with
        {
            Verdict = result.Verdict.Validity.ToString().ToLowerInvariant(),
            Reason = result.Verdict.Validity == Validity.Valid ? "" : result.Verdict.Reason,
            Ok = result.History.Operations.Count(operation => operation.Outcome == HistoryEventType.Ok),
            Unknown = result.History.Operations.Count(operation => operation.Outcome == HistoryEventType.Info),
            Faults = new SortedDictionary<string, int>(
                result.Faults.Where(fault => fault.HadEffect).GroupBy(fault => fault.Nemesis)
                    .ToDictionary(group => group.Key, group => group.Count()), StringComparer.Ordinal),
            LongestGapMilliseconds = result.Availability
                .Select(met => Math.Round(met.LongestGap.TotalMilliseconds)).DefaultIfEmpty(0).Max(),
            LongestRecoveryMilliseconds = result.Availability.Any(met => met.Recovery is null) ? null
                : result.Availability.Select(met => Math.Round(met.Recovery!.Value.TotalMilliseconds))
                    .DefaultIfEmpty(0).Max(),
            IsExpected = run.Expect == "valid" ? result.Verdict.Validity == Validity.Valid : result.IsFoundOut,
        };

    /// <summary>Takes an error: a run that could not be made is unknown.</summary>
    public static CampaignRow Of(string directory, PlannedRun run, Exception error, string commit) =>
        Begin(directory, run, commit) with { Reason = error.Message };

    private static CampaignRow Begin(string directory, PlannedRun run, string commit) => new()
    {
        Directory = directory,
        Command = run.Options.Command,
        Commit = commit,
        Driver = run.Options.Driver,
        Workload = run.Options.Workload,
        Nemesis = run.Options.NemesisText,
        Expect = run.Expect,
        Verdict = "unknown",
        Reason = "",
    };
}
