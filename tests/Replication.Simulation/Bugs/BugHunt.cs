using System.Globalization;

namespace Replication.Simulation.Bugs;

/// <summary>Plants one bug after the other and has the ordinary search look for it, which doesn't know that there is
/// one.</summary>
internal sealed class BugHunt(HuntSettings settings, TextWriter output)
{
    // The search ends by itself, but on a busy machine late, and with a bug that never returns never.
    private const int Patience = 10;
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(2);

    /// <summary>Searches for some bugs.</summary>
    /// <returns>What came of each.</returns>
    public IReadOnlyList<BugRow> Run(IReadOnlyList<PlantedBug> bugs)
    {
        List<BugRow> rows = [];
        using SourceCopy copy = SourceCopy.Create(settings.Repository, settings.SoundTool);
        foreach (PlantedBug bug in bugs)
        {
            copy.Plant(bug);
            BugRow row = Search(copy, bug);
            rows.Add(row);
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{bug.Name} ({bug.Rows}): {(row.Seed is { } seed ? $"seed {seed}, {row.Rule}" : "NOT FOUND")}, "
                + $"{row.Runs} runs in {row.Seconds:0.0} s, {row.ProcessorSeconds:0.0} s of processor time"));
            if (row.Detail is { } detail)
            {
                output.WriteLine("    " + (detail.Length > 300 ? detail[..300] : detail));
            }

            output.Flush();
        }

        return rows;
    }

    /// <summary>Runs the seeds of a search on the sound code.</summary>
    /// <returns>The first that fails; null if none does.</returns>
    public FoundFailure? RunSound(ulong last) => new FirstFailure(settings.Profile).Find(
        settings.From, (long)(last - settings.From) + 1, TimeSpan.FromDays(1), settings.Workers);

    private BugRow Search(SourceCopy copy, PlantedBug bug)
    {
        (_, IReadOnlyList<string> lines) = Command.Run(
            settings.Repository,
            (settings.Time * Patience) + Grace,
            "dotnet", copy.ToolPath, "find",
            "--profile", settings.Profile.Name,
            "--from", Text(settings.From),
            "--seconds", Text((long)settings.Time.TotalSeconds),
            "--workers", Text(settings.Workers));
        SearchReport? report = SearchReport.Parse(lines);
        if (report is null)
        {
            output.WriteLine($"{bug.Name}: the search did not end: " + string.Join(" | ", lines.TakeLast(5)));
        }

        return new BugRow
        {
            Bug = bug.Name,
            Rows = bug.Rows,
            Layer = bug.Layer,
            Story = bug.Story,
            Seed = report?.Failure?.Seed,
            Rule = report?.Failure?.Rule,
            Detail = report?.Failure?.Detail,
            Runs = report?.Runs ?? 0,
            Seconds = report?.Seconds ?? settings.Time.TotalSeconds,
            ProcessorSeconds = report?.ProcessorSeconds ?? 0,
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
/// <param name="Time">How long one bug is searched for.</param>
/// <param name="Workers">How many seeds run at a time.</param>
internal sealed record HuntSettings(
    string Repository, string SoundTool, Profile Profile, ulong From, TimeSpan Time, int Workers);
