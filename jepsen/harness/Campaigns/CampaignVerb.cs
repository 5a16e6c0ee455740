using System.Globalization;
using Harness.Runs;
using KvProcesses.Processes;

namespace Harness.Campaigns;

/// <summary>The verb <c>campaign</c>: many runs one after the other.</summary>
internal static class CampaignVerb
{
    public const string Usage = """
        harness campaign FILE.json [--output DIRECTORY]
            makes the runs of the file, {"common": "OPTIONS", "runs": [{"options": "OPTIONS", "expect": "invalid"}]},
            each with a report of its own, and a summary; a run without expect must be valid. Exit code 0 if all
            verdicts are as expected, 1 if one is the opposite, 2 if one is unknown.
        """;

    /// <summary>Runs.</summary>
    /// <param name="arguments">What follows the verb.</param>
    /// <returns>The exit code.</returns>
    /// <exception cref="FormatException">The plan or the arguments can't be read.</exception>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        if (arguments.Count == 0 || arguments.Skip(1).ToArray() is not ([] or ["--output", _]))
        {
            throw new FormatException("campaign needs a file, and takes --output with a directory.");
        }

        IReadOnlyList<PlannedRun> runs = CampaignPlan.Read(arguments[0]);
        string directory = arguments.Count == 3 ? Directory.CreateDirectory(arguments[2]).FullName
            : Directory.CreateTempSubdirectory("replication-campaign-").FullName;
        List<CampaignRow> rows = [];
        foreach (PlannedRun run in runs)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"{rows.Count + 1:d3}-{run.Options.Workload}");
            rows.Add(await RunOneAsync(run, directory, name).ConfigureAwait(false));
            Console.WriteLine($"{rows[^1].Verdict}, {rows[^1].Expect} expected: {rows[^1].Directory}");
            CampaignSummary.Write(rows, directory);
        }

        Console.WriteLine($"{CampaignSummary.Line(rows)} {Path.Combine(directory, "index.html")}");
        return rows.TrueForAll(row => row.IsExpected) ? 0
            : rows.Exists(row => !row.IsExpected && row.Verdict != "unknown") ? 1 : 2;
    }

    private static async Task<CampaignRow> RunOneAsync(PlannedRun run, string directory, string name)
    {
        string own = Directory.CreateDirectory(Path.Combine(directory, name)).FullName;
        try
        {
            TestResult result = await new TestRun(run.Options, own, Console.WriteLine).RunAsync().ConfigureAwait(false);
            result.WriteAll(own);
            if (run.Expect == "valid" && result.ExitCode == 0)
            {
                DeleteData(own);
            }

            return CampaignRow.Of(name, run, result);
        }
        catch (Exception e) when (e is NodeStartException or InvalidOperationException or TimeoutException)
        {
            return CampaignRow.Of(name, run, e);
        }
    }

    // The data of nodes is of use only where something is to be found out.
    private static void DeleteData(string directory)
    {
        foreach (string node in Directory.EnumerateDirectories(directory, "node*"))
        {
            Directory.Delete(node, recursive: true);
        }
    }
}
