using Harness.Runs;
using Replication.Testing.Checkers;
using Replication.Testing.Histories;

namespace Harness.Campaigns;

/// <summary>What a run of a campaign came to.</summary>
/// <param name="Directory">Its directory within that of the campaign.</param>
/// <param name="Command">The command that makes it again.</param>
/// <param name="Expect">The verdict that it must have.</param>
/// <param name="Verdict">The verdict that it has.</param>
/// <param name="Reason">Why, if it isn't valid.</param>
/// <param name="Ok">How many operations succeeded.</param>
/// <param name="Faults">How many faults had an effect.</param>
/// <param name="LongestGapMilliseconds">The longest time without success during a fault.</param>
/// <param name="LongestRecoveryMilliseconds">The longest time from the end of a fault to a success.</param>
internal sealed record CampaignRow(
    string Directory, string Command, string Expect, string Verdict, string Reason, int Ok, int Faults,
    double LongestGapMilliseconds, double LongestRecoveryMilliseconds)
{
    /// <summary>Gets whether the verdict is the one that was expected.</summary>
    public bool IsExpected => Verdict == Expect;

    /// <summary>Takes the result of a run.</summary>
    public static CampaignRow Of(string directory, PlannedRun run, TestResult result) => new(
        directory, run.Options.Command, run.Expect, result.Verdict.Validity.ToString().ToLowerInvariant(),
        result.Verdict.Validity == Validity.Valid ? "" : result.Verdict.Reason,
        result.History.Operations.Count(operation => operation.Outcome == HistoryEventType.Ok),
        result.Faults.Count(fault => fault.HadEffect),
        result.Availability.Select(met => Math.Round(met.LongestGap.TotalMilliseconds)).DefaultIfEmpty(0).Max(),
        result.Availability.Select(met => Math.Round(met.Recovery?.TotalMilliseconds ?? 0)).DefaultIfEmpty(0).Max());

    /// <summary>Takes an error: a run that could not be made is unknown.</summary>
    public static CampaignRow Of(string directory, PlannedRun run, Exception error) => new(
        directory, run.Options.Command, run.Expect, "unknown", error.Message, 0, 0, 0, 0);
}
