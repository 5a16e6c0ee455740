namespace Replication.Simulation.Bugs;

/// <summary>The verbs that search: for the first failing seed of this build, and for bugs planted into
/// others.</summary>
internal static class BugVerbs
{
    /// <summary>The folder of the bugs, from the root of the repository.</summary>
    public const string Folder = "tests/Replication.Simulation/Bugs/planted";

    /// <summary>The folder of changes that look like bugs and can have no effect, each with its proof.</summary>
    public const string EquivalentFolder = "tests/Replication.Simulation/Bugs/equivalent";

    /// <summary>Searches for the first seed that fails.</summary>
    /// <returns>The exit code: 1 if there is one.</returns>
    public static int Find(Arguments arguments, TextWriter output)
    {
        arguments.Expect("from", "seeds", "seconds", "profile", "workers");
        FirstFailure search = new(Profile.Named(arguments.Text("profile")));
        FoundFailure? found = search.Find(
            arguments.Seed("from"),
            arguments.Number("seeds", long.MaxValue, most: long.MaxValue),
            TimeSpan.FromSeconds(arguments.Number("seconds", 60)),
            (int)arguments.Number("workers", Environment.ProcessorCount));
        output.WriteLine(search.Report());
        return found is null ? 0 : 1;
    }

    /// <summary>Plants the bugs and searches for each.</summary>
    /// <returns>The exit code: 0 if all are found and the sound code passes the same seeds.</returns>
    public static int Hunt(Arguments arguments, TextWriter output)
    {
        arguments.Expect("only", "from", "seconds", "profile", "workers", "shrink-runs", "shrink-seconds", "table",
            "missing", "list");
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

        BugTable? table = arguments.Text("table") is { } path
            ? new BugTable(path, planted, PlantedBug.ReadAll(Path.Combine(repository, EquivalentFolder)),
                SourceState.Of(repository))
            : null;
        table?.WritePage();
        if (arguments.Has("missing"))
        {
            bugs = [.. bugs.Where(bug => table?.IsDone(bug) != true)];
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
            Profile.Named(arguments.Text("profile") ?? Profile.Mixed.Name),
            arguments.Seed("from"),
            TimeSpan.FromSeconds(arguments.Number("seconds", 300)),
            (int)arguments.Number("workers", Environment.ProcessorCount),
            arguments.Number("shrink-runs", 6_000, least: 0),
            TimeSpan.FromSeconds(arguments.Number("shrink-seconds", 60)));
        BugHunt hunt = new(settings, output);
        SortedDictionary<string, BugRow> rows = table?.Done() ?? new(StringComparer.Ordinal);
        foreach (BugRow row in hunt.Run(bugs))
        {
            rows[row.Bug] = row;
            table?.Put(row);
        }

        ulong last = settings.From + (ulong)rows.Values.Select(row => row.Runs).DefaultIfEmpty(1).Max() - 1;
        FoundFailure? sound = hunt.RunSound(last);
        int found = rows.Values.Count(row => row.Seed is not null);
        int all = rows.Count + bugs.Count(bug => !rows.ContainsKey(bug.Name));
        output.WriteLine($"{found} of {all} found; the sound code "
            + (sound is null ? "passes" : $"FAILS seed {sound.Seed} ({sound.Rule}) of")
            + $" seeds {settings.From} to {last}");
        return found == all && sound is null ? 0 : 1;
    }
}
