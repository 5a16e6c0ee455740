using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Harness.Campaigns;

/// <summary>The summary of a campaign as a page of Markdown, to be kept beside the sources.</summary>
internal static class CampaignPage
{
    private const int ReasonMax = 160;

    /// <summary>Writes it.</summary>
    /// <param name="rows">The runs.</param>
    /// <param name="plan">The file of the plan.</param>
    /// <param name="date">The day.</param>
    /// <param name="path">Where.</param>
    public static void Write(IReadOnlyList<CampaignRow> rows, string plan, string date, string path)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"# Campaign {Path.GetFileNameWithoutExtension(plan)}, {date}\n\n")
            .Append(CultureInfo.InvariantCulture, $"{CampaignSummary.Line(rows)}\n\n")
            .Append("- Command: `dotnet run -c Release --project jepsen/harness -- campaign ")
            .Append(CultureInfo.InvariantCulture, $"{plan}`\n- Commit: ")
            .AppendJoin(", ", rows.Select(row => row.Commit).Distinct()).Append('\n')
            .Append(CultureInfo.InvariantCulture, $"- Machine: {Environment.ProcessorCount} cores, {Memory()} GiB, ")
            .Append(CultureInfo.InvariantCulture, $"{RuntimeInformation.OSDescription}\n")
            .Append("- Faults that had an effect: ").AppendJoin(", ", Faults(rows)).Append("\n\n")
            .Append("| Run | Driver | Workload | Faults | Expected | Verdict | Ok | Unknown outcome | ")
            .Append("Longest gap, ms | Longest recovery, ms | Reason |\n")
            .Append("| --- | --- | --- | --- | --- | --- | ---: | ---: | ---: | ---: | --- |\n");
        foreach (CampaignRow row in rows)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {row.Directory} | {row.Driver} | {row.Workload} | ")
                .Append(CultureInfo.InvariantCulture, $"{FaultsOf(row)} | {row.Expect} | {row.Verdict} | {row.Ok} | ")
                .Append(CultureInfo.InvariantCulture, $"{row.Unknown} | {row.LongestGapMilliseconds} | ")
                .Append(CultureInfo.InvariantCulture, $"{Recovery(row)} | {Short(row.Reason)} |\n");
        }

        File.WriteAllText(path, text.ToString());
    }

    private static string FaultsOf(CampaignRow row) => row.Nemesis == "none" ? "none"
        : string.Join(", ", row.Nemesis.Split(',').Select(name => string.Create(
            CultureInfo.InvariantCulture, $"{name} {row.Faults.GetValueOrDefault(name)}")));

    private static IEnumerable<string> Faults(IReadOnlyList<CampaignRow> rows) => rows
        .SelectMany(row => row.Faults).GroupBy(fault => fault.Key, fault => fault.Value)
        .OrderBy(group => group.Key, StringComparer.Ordinal)
        .Select(group => string.Create(CultureInfo.InvariantCulture, $"{group.Key} {group.Sum()}"));

    private static string Recovery(CampaignRow row) =>
        row.LongestRecoveryMilliseconds?.ToString(CultureInfo.InvariantCulture) ?? "not within the run";

    private static long Memory() => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 30;

    private static string Short(string reason)
    {
        string line = reason.Split('\n')[0].Replace('|', '/');
        return line.Length <= ReasonMax ? line : $"{line[..ReasonMax]}…";
    }
}
