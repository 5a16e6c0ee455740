using System.Globalization;

namespace Replication.Simulation.Bugs;

/// <summary>Plants one bug after the other and has the ordinary search look for it, which doesn't know that there is
/// one.</summary>
internal sealed class BugHunt(HuntSettings settings, TextWriter output)
{
    // The search ends by itself; what it has begun by then may take a while, and a bug may keep it from ever ending.
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(2);

    /// <summary>Searches for some bugs. One whose search did not end by itself has no row: nothing is known of
    /// it.</summary>
    /// <param name="bugs">The bugs.</param>
    /// <returns>What came of each, as soon as it is known.</returns>
    public IEnumerable<BugRow> Run(IReadOnlyList<PlantedBug> bugs)
    {
        using SourceCopy copy = SourceCopy.Create(settings.Repository, settings.SoundTool);
        Task<BugRow>? shrinking = null;
        foreach (PlantedBug bug in bugs)
        {
            copy.Plant(bug);
            BugRow? row = Search(copy, bug);
            if (shrinking is not null)
            {
                yield return Told(shrinking.Result);
                shrinking = null;
            }

            if (row is null)
            {
                continue;
            }

            // While one is made small on one processor, the next is built and searched for.
            string tool = copy.ToolPath;
            shrinking = Task.Run(() => row.Seed is { } seed && settings.ShrinkRuns > 0
                ? row with { Shrunk = Shrink(tool, seed) } : row);
        }

        if (shrinking is not null)
        {
            yield return Told(shrinking.Result);
        }
    }

    /// <summary>Runs the seeds of a search on the sound code.</summary>
    /// <returns>The first that fails; null if none does.</returns>
    public FoundFailure? RunSound(ulong last) => new FirstFailure(settings.Profile).Find(
        settings.From, (long)(last - settings.From) + 1, TimeSpan.FromDays(1), settings.Workers);

    private static string LineOf(BugRow row)
    {
        string found = row.Seed is { } seed ? $"seed {seed}, {row.Rule}" : "NOT FOUND";
        string line = string.Create(CultureInfo.InvariantCulture,
            $"{row.Bug} ({row.Rows}): {found}, {row.Runs} runs, {row.Seconds:0.0} s");
        return row.Shrunk is { } small
            ? string.Create(CultureInfo.InvariantCulture,
                $"{line}; shrunk to {small.Nodes} nodes, {small.Faults} faults, {small.Operations} operations")
            : line;
    }

    private BugRow Told(BugRow row)
    {
        output.WriteLine(LineOf(row));
        output.Flush();
        return row;
    }

    private ShrunkSize? Shrink(string tool, ulong seed)
    {
        string plan = Path.ChangeExtension(tool, ".plan");
        (_, IReadOnlyList<string> lines) = Command.Run(
            settings.Repository,
            settings.ShrinkTime + Grace,
            "dotnet", tool, "shrink", "--quiet",
            "--profile", settings.Profile.Name,
            "--seed", Text(seed),
            "--runs", Text(settings.ShrinkRuns),
            "--seconds", Text((long)settings.ShrinkTime.TotalSeconds),
            "--out", plan);
        return ShrunkSize.Parse(lines);
    }

    private BugRow? Search(SourceCopy copy, PlantedBug bug)
    {
        (_, IReadOnlyList<string> lines) = Command.Run(
            settings.Repository,
            (settings.Time * settings.Workers) + Grace,
            "dotnet", copy.ToolPath, "find",
            "--profile", settings.Profile.Name,
            "--from", Text(settings.From),
            "--seconds", Text((long)settings.Time.TotalSeconds),
            "--workers", Text(settings.Workers));
        SearchReport? report = SearchReport.Parse(lines);
        if (report is null)
        {
            output.WriteLine($"{bug.Name}: the search did not end: " + string.Join(" | ", lines.TakeLast(5)));
            return null;
        }

        return new BugRow
        {
            Bug = bug.Name,
            Rows = bug.Rows,
            Layer = bug.Layer,
            Story = bug.Story,
            Seed = report.Failure?.Seed,
            Rule = report.Failure?.Rule,
            Detail = report.Failure?.Detail,
            Runs = report.Runs,
            Seconds = Math.Round(report.ProcessorSeconds / settings.Workers, 2),
        };
    }

    private static string Text<T>(T number)
        where T : IFormattable => number.ToString(null, CultureInfo.InvariantCulture);
}

/// <summary>How bugs are searched for.</summary>
/// <param name="Repository">The root of the repository.</param>
/// <param name="SoundTool">The folder with this tool, built from its sources as they are.</param>
/// <param name="Profile">How the settings of a run follow from its seed.</param>
/// <param name="From">The first seed.</param>
/// <param name="Time">How much processor time of each worker the search for one bug may take.</param>
/// <param name="Workers">How many seeds run at a time.</param>
/// <param name="ShrinkRuns">The most runs by which a failing run is made smaller; 0 for none.</param>
/// <param name="ShrinkTime">The most processor time for it.</param>
internal sealed record HuntSettings(
    string Repository, string SoundTool, Profile Profile, ulong From, TimeSpan Time, int Workers, long ShrinkRuns,
    TimeSpan ShrinkTime);
