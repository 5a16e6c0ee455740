using System.Globalization;
using KvProcesses.Processes;
using Replication.Simulation;
using Replication.Simulation.Bugs;

namespace Harness.Bugs;

/// <summary>The verb <c>bugs</c>: does the harness find what is planted?</summary>
internal static class BugVerb
{
    public const string Usage = """
        harness bugs [--table FILE.jsonl] [--only NAME,NAME] [--runs NUMBER] [--output DIRECTORY]
            within a clone: plants the bugs of jepsen/bugs/plan.json, builds the node of each, and runs it up to so
            many times (default: 3), until a check says invalid; a page stands beside the table. Exit code 0 if all
            are found, 1 if not.
        """;

    private const int RunsDefault = 3;

    /// <summary>Searches.</summary>
    /// <param name="arguments">What follows the verb.</param>
    /// <param name="interrupted">Ends the search early.</param>
    /// <returns>The exit code.</returns>
    /// <exception cref="FormatException">An option is unknown, or a bug can't be planted.</exception>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, CancellationToken interrupted)
    {
        SortedDictionary<string, string> options = Read(arguments);
        string repository = SourceCopy.FindRepository(Directory.GetCurrentDirectory());
        IReadOnlyList<SoughtBug> all = SoughtBug.ReadAll(repository);
        SoughtBug[] bugs = [.. all.Where(sought => !options.TryGetValue("--only", out string? only)
            || only.Split(',').Contains(sought.Bug.Name))];
        string? table = options.GetValueOrDefault("--table");
        SortedDictionary<string, BugRow> rows = table is null ? new(StringComparer.Ordinal) : BugRow.ReadAll(table);
        using TemporaryDirectory temporary = new("replication-bugs");
        string directory = options.TryGetValue("--output", out string? output)
            ? Directory.CreateDirectory(output).FullName : temporary.Path;
        BugSearch search = new(
            repository, NumberOf(options), directory, SourceState.Of(repository).Commit);
        int found = 0;
        await foreach (BugRow row in search.RunAsync(bugs, interrupted).ConfigureAwait(false))
        {
            found += row.IsFound ? 1 : 0;
            Console.WriteLine($"{row.Bug}: {(row.IsFound ? "found by" : "NOT FOUND;")} {row.Check} in run {row.Runs}, "
                + $"sound code {row.Sound}: {row.Reason}");
            rows[row.Bug] = row;
            if (table is not null)
            {
                BugRow.WriteAll(table, all.Select(sought => rows.GetValueOrDefault(sought.Bug.Name)).OfType<BugRow>());
                BugPage.Write(Path.ChangeExtension(table, ".md"), rows, all);
            }
        }

        Console.WriteLine($"{found} of {bugs.Length} found.");
        return found == bugs.Length ? 0 : 1;
    }

    private static SortedDictionary<string, string> Read(IReadOnlyList<string> arguments)
    {
        SortedDictionary<string, string> options = new(StringComparer.Ordinal);
        foreach (string[] pair in arguments.Chunk(2))
        {
            if (pair is not [("--table" or "--only" or "--runs" or "--output"), _])
            {
                throw new FormatException($"{pair[0]} is unknown or needs a value.");
            }

            options[pair[0]] = pair[1];
        }

        return options;
    }

    private static int NumberOf(SortedDictionary<string, string> options) =>
        !options.TryGetValue("--runs", out string? text) ? RunsDefault
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int runs) && runs > 0 ? runs
        : throw new FormatException($"--runs is \"{text}\": a whole number from 1 is expected.");
}
