using System.Text.Json;
using System.Text.Json.Nodes;

namespace Replication.Simulation;

/// <summary>The file of campaigns that were run, one JSON line each; only ever longer.</summary>
internal static class Ledger
{
    /// <summary>Adds a campaign.</summary>
    /// <param name="path">The file.</param>
    /// <param name="profile">The settings of its runs.</param>
    /// <param name="from">Its first seed.</param>
    /// <param name="campaign">What came of it.</param>
    /// <param name="sources">What was built, as it was before the campaign began.</param>
    public static void Append(
        string path, Profile profile, ulong from, Campaign campaign, SourceState sources)
    {
        CampaignTotals totals = campaign.Totals;
        JsonObject faults = [];
        foreach ((Testing.Simulation.Faults.FaultKind kind, long count) in totals.Effects.Where(e => e.Count > 0))
        {
            faults[kind.ToString()] = count;
        }

        JsonObject probes = [];
        foreach (Testing.Simulation.Probes.Probe probe in Enum.GetValues<Testing.Simulation.Probes.Probe>())
        {
            probes[probe.ToString()] = totals.Probes[probe];
        }

        JsonObject line = new()
        {
            ["date"] = DateTime.UtcNow.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture),
            ["commit"] = sources.Commit,
            ["profile"] = profile.Name,
            ["from"] = from,
            ["to"] = campaign.End - 1,
            ["runs"] = totals.Runs,
            ["fullRuns"] = totals.FullRuns,
            ["failures"] = new JsonArray([.. totals.Failures.Select(failure => (JsonNode)failure.Seed)]),
            ["unknown"] = totals.Unknown.Count,
            ["clusterHours"] = Math.Round(totals.SimulatedSeconds / 3600, 2),
            ["wallSeconds"] = Math.Round(campaign.Elapsed.TotalSeconds),
            ["events"] = totals.Events,
            ["operations"] = totals.Operations,
            ["succeeded"] = totals.Succeeded,
            ["medianElections"] = totals.MedianElections,
            ["medianRestarts"] = totals.MedianRestarts,
            ["faults"] = faults,
            ["probes"] = probes,
        };
        File.AppendAllText(path, line.ToJsonString(new JsonSerializerOptions { WriteIndented = false }) + "\n");
    }
}
