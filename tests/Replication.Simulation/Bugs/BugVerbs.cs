using System.Globalization;

namespace Replication.Simulation.Bugs;

/// <summary>The verbs that search: for the first failing seed of this build, and for bugs planted into
/// others.</summary>
internal static class BugVerbs
{
    /// <summary>The folder of the bugs, from the root of the repository.</summary>
    public const string Folder = "tests/Replication.Simulation/Bugs/planted";

    /// <summary>Searches for the first seed that fails.</summary>
    /// <returns>The exit code: 1 if there is one.</returns>
    public static int Find(Arguments arguments, TextWriter output)
    {
        arguments.Expect("from", "seeds", "seconds", "profile", "workers");
        FirstFailure search = new(Profile.Named(arguments.Text("profile")));
        FoundFailure? found = search.Find(
            (ulong)arguments.Number("from", 1),
            arguments.Number("seeds", long.MaxValue),
            TimeSpan.FromSeconds(arguments.Number("seconds", 60)),
            (int)arguments.Number("workers", Environment.ProcessorCount));
        output.WriteLine(search.Report());
        return found is null ? 0 : 1;
    }

    /// <summary>Plants the bugs and searches for each.</summary>
    /// <returns>The exit code: 0 if all are found and the sound code passes the same seeds.</returns>
    public static int Hunt(Arguments arguments, TextWriter output)
    {
        arguments.Expect("only", "from", "seconds", "profile", "workers", "shrink-runs", "table", "list");
        string repository = SourceCopy.FindRepository(Directory.GetCurrentDirectory());
        IReadOnlyList<PlantedBug> planted = PlantedBug.ReadAll(Path.Combine(repository, Folder));
        IReadOnlyList<PlantedBug> bugs = planted;
        foreach (PlantedBug bug in planted)
        {
            // A text that is gone would otherwise be found out late, or never.
            bug.Plant(repository);
        }

        if (arguments.Text("only") is { } names)
        {
            bugs = [.. names.Split(',').Select(name => bugs.FirstOrDefault(bug => bug.Name == name)
                ?? throw new FormatException($"There is no bug '{name}'."))];
        }

        if (arguments.Has("list"))
        {
            foreach (PlantedBug bug in bugs)
            {
                output.WriteLine($"{bug.Name} | {bug.Rows} | {bug.Layer} | {bug.Story}");
            }

            return 0;
        }

        HuntSettings settings = new(
            repository,
            AppContext.BaseDirectory,
            Profile.Named(arguments.Text("profile")),
            (ulong)arguments.Number("from", 1),
            TimeSpan.FromSeconds(arguments.Number("seconds", 300)),
            (int)arguments.Number("workers", Environment.ProcessorCount),
            arguments.Number("shrink-runs", 2_000));
        BugHunt hunt = new(settings, output);
        List<BugRow> rows = [];
        foreach (BugRow row in hunt.Run(bugs))
        {
            rows.Add(row);
            if (arguments.Text("table") is { } table)
            {
                AddToTable(table, row, planted);
            }
        }

        ulong last = settings.From + (ulong)Math.Max(1, rows.Max(row => row.Runs)) - 1;
        FoundFailure? sound = hunt.RunSound(last);
        int found = rows.Count(row => row.Seed is not null);
        output.WriteLine($"{found} of {rows.Count} found; the sound code "
            + (sound is null ? "passes" : $"FAILS seed {sound.Seed} ({sound.Rule}) of")
            + $" seeds {settings.From} to {last}");
        return found == rows.Count && sound is null ? 0 : 1;
    }

    private static void AddToTable(string path, BugRow row, IReadOnlyList<PlantedBug> planted)
    {
        SortedDictionary<string, BugRow> rows = BugRow.ReadAll(path);
        rows[row.Bug] = row with
        {
            Commit = Ledger.Commit(),
            Date = DateTime.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        };

        // What is planted no longer stands there no longer.
        BugRow[] kept = [.. planted.Where(bug => rows.ContainsKey(bug.Name)).Select(bug => rows[bug.Name])];
        BugRow.WriteAll(path, kept);
        BugPage.Write(Path.ChangeExtension(path, ".md"), kept);
    }
}
