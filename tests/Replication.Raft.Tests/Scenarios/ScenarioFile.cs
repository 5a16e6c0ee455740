namespace Replication.Raft.Tests.Scenarios;

/// <summary>
/// A script: lines with "> " are commands, lines with "#" say why, and all others are the expected trace.
/// </summary>
internal static class ScenarioFile
{
    private const string Command = "> ";

    /// <summary>
    /// Gets the folder with the scripts, in the sources: a rewritten trace is a change to be reviewed.
    /// </summary>
    public static string Folder { get; } = FindFolder();

    public static bool IsTrace(string line) =>
        line.Length > 0 && !line.StartsWith('#') && !line.StartsWith(Command, StringComparison.Ordinal);

    /// <summary>Runs the commands of a script and puts the real trace in place of the expected one.</summary>
    public static List<string> Play(IEnumerable<string> script)
    {
        using ScenarioWorld world = new();
        List<string> played = [];
        foreach (string line in script.Where(line => !IsTrace(line)))
        {
            played.Add(line);
            if (line.StartsWith(Command, StringComparison.Ordinal))
            {
                played.AddRange(world.Run(line[Command.Length..]));
            }
        }

        return played;
    }

    private static string FindFolder()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Replication.sln")))
        {
            folder = folder.Parent;
        }

        Assert.NotNull(folder);
        return Path.Combine(folder.FullName, "tests", "Replication.Raft.Tests", "Scenarios");
    }
}
