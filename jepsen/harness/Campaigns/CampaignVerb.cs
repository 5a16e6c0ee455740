using System.Globalization;
using Harness.Runs;
using Replication.Simulation;
using Replication.Simulation.Bugs;

namespace Harness.Campaigns;

/// <summary>The verb <c>campaign</c>: many runs one after the other.</summary>
internal static class CampaignVerb
{
    public const string Usage = """
        harness campaign FILE.json [--output DIRECTORY [--from NUMBER]]
            makes the runs of the file, {"common": "OPTIONS", "runs": [{"options": "OPTIONS", "expect": "invalid"}]},
            each with a report of its own, and a summary; a run without expect must be valid. Exit code 0 if all
            verdicts are as expected, 1 if one is the opposite, 2 if one is unknown. With --from it goes on with that
            run, counted from 1, after an interruption.
        """;

    /// <summary>Runs.</summary>
    /// <param name="arguments">What follows the verb.</param>
    /// <param name="interrupted">Ends the campaign early.</param>
    /// <returns>The exit code.</returns>
    /// <exception cref="FormatException">The plan or the arguments can't be read.</exception>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, CancellationToken interrupted)
    {
        if (arguments.Count == 0
            || arguments.Skip(1).ToArray() is not ([] or ["--output", _] or ["--output", _, "--from", _]))
        {
            throw new FormatException("campaign needs a file, and takes --output with a directory, and then --from.");
        }

        IReadOnlyList<PlannedRun> runs = CampaignPlan.Read(arguments[0]);
        string directory = arguments.Count > 1 ? Directory.CreateDirectory(arguments[2]).FullName
            : Directory.CreateTempSubdirectory("replication-campaign-").FullName;
        List<CampaignRow> rows = arguments.Count > 3 ? CampaignSummary.ReadBefore(directory, arguments[4]) : [];
        string commit = Commit();
        foreach (PlannedRun run in runs.Skip(rows.Count))
        {
            interrupted.ThrowIfCancellationRequested();
            string name = string.Create(CultureInfo.InvariantCulture, $"{rows.Count + 1:d3}-{run.Options.Workload}");
            rows.Add(await RunOneAsync(run, directory, name, commit, interrupted).ConfigureAwait(false));
            Console.WriteLine($"{rows[^1].Verdict}, {rows[^1].Expect} expected: {rows[^1].Directory}");
            CampaignSummary.Write(rows, arguments[0], directory);
        }

        CampaignSummary.Write(rows, arguments[0], directory);
        Console.WriteLine($"{CampaignSummary.Line(rows)} {Path.Combine(directory, "index.html")}");
        return rows.TrueForAll(row => row.IsExpected) ? 0
            : rows.Exists(row => !row.IsExpected && row.Verdict != "unknown") ? 1 : 2;
    }

    private static async Task<CampaignRow> RunOneAsync(
        PlannedRun run, string directory, string name, string commit, CancellationToken interrupted)
    {
        string own = Path.Combine(directory, name);
        if (Directory.Exists(own))
        {
            // What an interrupted run left: its nodes could not be made again.
            Directory.Delete(own, recursive: true);
        }

        Directory.CreateDirectory(own);
        try
        {
            TestResult result = await new TestRun(run.Options, own, Console.WriteLine)
                .RunAsync(interrupted).ConfigureAwait(false);
            result.WriteAll(own);
            if (run.Expect == "valid" && result.ExitCode == 0)
            {
                DeleteData(own);
            }

            return CampaignRow.Of(name, run, result, commit);
        }
        catch (Exception e) when (!interrupted.IsCancellationRequested)
        {
            return CampaignRow.Of(name, run, e, commit);
        }
    }

    private static string Commit()
    {
        try
        {
            return SourceState.Of(SourceCopy.FindRepository(Directory.GetCurrentDirectory())).Commit;
        }
        catch (IOException)
        {
            return "";
        }
    }

    // The data of nodes is of use only where something is to be found out.
    private static void DeleteData(string directory)
    {
        foreach (string node in Directory.EnumerateDirectories(directory, "node*"))
        {
            Directory.Delete(node, recursive: true);
        }

        foreach (string disk in Directory.EnumerateFiles(directory, "node*.ext4"))
        {
            File.Delete(disk);
        }
    }
}
