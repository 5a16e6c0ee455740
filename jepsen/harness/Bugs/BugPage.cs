using System.Globalization;
using System.Text;

namespace Harness.Bugs;

/// <summary>The table of planted bugs as a page.</summary>
internal static class BugPage
{
    private const int ReasonMax = 160;

    private const string Head =
        """
        # Planted bugs, on real processes

        Would the harness find a bug if there were one? Each line is a bug that was planted into a copy of the
        sources, by the same text replacements as the [simulator's](../docs/planted-bugs.md). The node that is built
        of it runs as five processes, under the load and faults of its line, until a check says invalid. Then the
        sound code makes the same run, and must not be invalid. Nothing in the product is a switch for a bug.

        What only a doubled message or one exact schedule can show is not for processes; the simulator looks for
        those. A bug that was looked for here and not found stays, with *not found* in its
        row.

        ```sh
        dotnet run -c Release --project jepsen/harness -- bugs --table jepsen/planted-bugs.jsonl
        ```

        makes the table again, and exits with 0 only if all are found. Each row is written as soon as it is known;
        `--only NAME,NAME` looks for some and leaves the other rows as they are, `--runs N` is the most runs for one
        bug (3), `--output DIRECTORY` keeps reports and histories. [bugs/plan.json](bugs/plan.json) says which run
        looks for which bug; the seeds repeat operations and faults, not the scheduling of the machine.

        """;

    /// <summary>Writes the page beside its table.</summary>
    public static void Write(
        string path, IReadOnlyDictionary<string, BugRow> rows, IReadOnlyCollection<SoughtBug> sought)
    {
        StringBuilder text = new(Head.ReplaceLineEndings("\n"));
        int found = rows.Values.Count(row => row.IsFound);
        text.Append(CultureInfo.InvariantCulture, $"\n{found} of {sought.Count} found.\n\n")
            .Append("| Bug | Layer | Run | Runs | Found by | What it said | Commit |\n")
            .Append("| --- | --- | --- | --- | --- | --- | --- |\n");
        foreach (SoughtBug bug in sought)
        {
            text.Append(CultureInfo.InvariantCulture, $"| **{bug.Bug.Name}**: {bug.Bug.Story} | {bug.Bug.Layer} | ")
                .Append(CultureInfo.InvariantCulture, $"{bug.Options.Workload}, {bug.Options.NemesisText} | ")
                .Append(rows.TryGetValue(bug.Bug.Name, out BugRow? row) ? EndOf(row) : "not searched | | | |\n");
        }

        File.WriteAllText(path, text.ToString());
    }

    private static string EndOf(BugRow row) => string.Create(CultureInfo.InvariantCulture,
        $"{row.Runs} | {(row.IsFound ? row.Check : "not found")} | {Short(row.Reason)} | {row.Commit} |\n");

    private static string Short(string reason)
    {
        string text = reason.Replace('|', '/');
        return text.Length <= ReasonMax ? text : $"{text[..ReasonMax]}…";
    }
}
