using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;

namespace Harness.Campaigns;

/// <summary>The summary of a campaign: a page with a link to each run's report, and the same as
/// JSON and as Markdown.</summary>
internal static class CampaignSummary
{
    private static readonly JsonSerializerOptions Form = new()
    {
        WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
    };

    /// <summary>Writes all.</summary>
    public static void Write(IReadOnlyList<CampaignRow> rows, string plan, string directory)
    {
        File.WriteAllText(Path.Combine(directory, "summary.json"), JsonSerializer.Serialize(rows, Form));
        File.WriteAllText(Path.Combine(directory, "index.html"), Page(rows));
        CampaignPage.Write(
            rows, plan, TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            Path.Combine(directory, "summary.md"));
    }

    /// <summary>Reads what is known of the runs before one.</summary>
    /// <exception cref="FormatException">That run is no number, or there are fewer before it.</exception>
    public static List<CampaignRow> ReadBefore(string directory, string run)
    {
        string path = Path.Combine(directory, "summary.json");
        List<CampaignRow> rows = File.Exists(path)
            ? JsonSerializer.Deserialize<List<CampaignRow>>(File.ReadAllText(path), Form)! : [];
        return int.TryParse(run, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            && number > 0 && number <= rows.Count + 1
            ? rows[..(number - 1)]
            : throw new FormatException($"--from is \"{run}\"; {rows.Count} runs are known.");
    }

    /// <summary>Gets one line over all runs.</summary>
    public static string Line(IReadOnlyList<CampaignRow> rows) => string.Create(CultureInfo.InvariantCulture,
        $"{rows.Count} runs, {rows.Count(row => row.IsExpected)} as expected, "
        + $"{rows.Count(row => row.Verdict == "unknown")} unknown; {rows.Sum(row => row.Ok)} operations, "
        + $"{rows.Sum(row => row.Faults.Values.Sum())} faults with an effect.");

    private static string Page(IReadOnlyList<CampaignRow> rows)
    {
        StringBuilder page = new();
        page.Append("<!DOCTYPE html><html lang=\"en\"><meta charset=\"utf-8\"><title>Campaign</title><style>")
            .Append("body{font:14px system-ui,sans-serif;margin:20px}td,th{text-align:left;padding:3px 12px 3px 0;")
            .Append("border-bottom:1px solid #eee;vertical-align:top}.bad{background:#f9dcd7}</style>")
            .Append("<h1>Campaign</h1><p>").Append(Line(rows)).Append("</p><table><tr><th>run</th><th>command</th>")
            .Append("<th>expected</th><th>verdict</th><th>ok</th><th>faults</th><th>longest gap, ms</th>")
            .Append("<th>longest recovery, ms</th><th>reason</th></tr>");
        foreach (CampaignRow row in rows)
        {
            string reason = row.Reason.Split('\n')[0];
            page.Append(CultureInfo.InvariantCulture, $"<tr{(row.IsExpected ? "" : " class=\"bad\"")}><td>")
                .Append(CultureInfo.InvariantCulture, $"<a href=\"{row.Directory}/report.html\">")
                .Append(CultureInfo.InvariantCulture, $"{row.Directory}</a></td>")
                .Append(CultureInfo.InvariantCulture, $"<td><code>{WebUtility.HtmlEncode(row.Command)}</code></td>")
                .Append(CultureInfo.InvariantCulture, $"<td>{row.Expect}</td><td>{row.Verdict}</td><td>{row.Ok}</td>")
                .Append(CultureInfo.InvariantCulture, $"<td>{row.Faults.Values.Sum()}</td>")
                .Append(CultureInfo.InvariantCulture, $"<td>{row.LongestGapMilliseconds}</td>")
                .Append(CultureInfo.InvariantCulture, $"<td>{row.LongestRecoveryMilliseconds}</td>")
                .Append(CultureInfo.InvariantCulture, $"<td>{WebUtility.HtmlEncode(reason)}</td></tr>");
        }

        return page.Append("</table></html>").ToString();
    }
}
