using System.Globalization;
using System.Text;

namespace Replication.Simulation.Bugs;

/// <summary>The table of planted bugs as a page.</summary>
internal static class BugPage
{
    private const string Head =
        """
        # Planted bugs

        Would the simulator find a bug if there were one? Each line below is a bug that was planted into a copy of the
        sources: a text, and what stands there instead, a file of `tests/Replication.Simulation/Bugs/planted`. The copy
        is built and searched by the ordinary search (`find --profile mixed`) from seed 1 on: a quarter of the seeds as
        the swarm draws them, a quarter restless, half sparse (simulation.md). The search knows neither that there is a
        bug nor which. Nothing in the product is a switch for it.

        A bug that the search does not find stays here, with *not found* in its row. Changes that can have no effect are
        no bugs; they stand [below](#changes-without-effect), each with its proof.

        ```sh
        dotnet run -c Release --project tests/Replication.Simulation -- bugs --table docs/planted-bugs.jsonl
        ```

        makes the table again: it plants, builds, searches and shrinks, then runs the same seeds on the sound code, and
        exits with 0 only if all bugs are found and the sound code passes. Each row is written as soon as it is known;
        after an interruption the same command with `--missing` goes on with the bugs that have no row of this commit
        yet. A bug whose text is no longer in the sources fails the run. `--only NAME,NAME` searches for some of them
        and leaves the other lines as they are, `--list` names them, `--seconds N` is the time of a search (300),
        `--shrink-runs N` and `--shrink-seconds N` bound the shrinking (6,000 and 60).

        *Row* is the row of the project's list of bugs that other systems had, or *own*. *Search* is the processor time
        until the first seed failed, divided by the two threads that search: what an idle machine of two cores takes,
        the build not counted. *Shrunk* is the smallest cluster, plan of faults and number of client operations with
        which the same rule is still broken, found without help.

        """;

    /// <summary>Writes the page beside its table.</summary>
    public static void Write(
        string path, IReadOnlyDictionary<string, BugRow> rows, IReadOnlyCollection<PlantedBug> planted,
        IReadOnlyCollection<PlantedBug> equivalent)
    {
        StringBuilder text = new(Head.ReplaceLineEndings("\n"));
        double[] seconds =
        [
            .. planted.Select(bug => rows.GetValueOrDefault(bug.Name)).Where(row => row?.Seed is not null)
                .Select(row => row!.Seconds).Order(),
        ];
        double median = seconds.Length == 0 ? 0 : seconds[seconds.Length / 2];
        text.Append(CultureInfo.InvariantCulture,
            $"\n{seconds.Length} of {planted.Count} found, the median after {median:0.0} s, ");
        text.Append(CultureInfo.InvariantCulture,
            $"the slowest after {(seconds.Length == 0 ? 0 : seconds[^1]):0} s.\n\n");
        text.Append(CommitsOf([.. planted.Select(bug => rows.GetValueOrDefault(bug.Name)).OfType<BugRow>()]));
        text.Append("| Bug | Row | Layer | Seed | Runs | Search | Rule that was broken | Shrunk to |\n");
        text.Append("| --- | --- | --- | --- | --- | --- | --- | --- |\n");
        foreach (PlantedBug bug in planted)
        {
            text.Append(CultureInfo.InvariantCulture, $"| **{bug.Name}**: {bug.Story} | {bug.Rows} | {bug.Layer} ");
            text.Append(rows.TryGetValue(bug.Name, out BugRow? row) ? EndOf(row) : "| not searched | | | | |\n");
        }

        text.Append(
            "\n## Changes without effect\n\nThey were planted as bugs, were not found, and can't be; the files are in "
            + "`tests/Replication.Simulation/Bugs/equivalent`.\n\n");
        foreach (PlantedBug change in equivalent)
        {
            text.Append(CultureInfo.InvariantCulture, $"- **{change.Name}**: {change.Story} {change.Proof}\n");
        }

        File.WriteAllText(path, text.ToString());
    }

    private static string CommitsOf(IReadOnlyCollection<BugRow> rows)
    {
        string[] commits =
        [
            .. rows.GroupBy(row => (row.Date, row.Commit)).OrderBy(group => group.Key.Date, StringComparer.Ordinal)
                .Select(group => $"{group.Count()} at {group.Key.Commit} on {group.Key.Date}"),
        ];
        string list = $"Searched: {string.Join(", ", commits)}.";
        return commits.Length > 1
            ? list + " The simulator changed in between: a row of an earlier commit need not come again "
                + "as it stands.\n\n"
            : list + "\n\n";
    }

    private static string EndOf(BugRow row)
    {
        string seed = row.Seed?.ToString(CultureInfo.InvariantCulture) ?? "not found";
        return string.Create(CultureInfo.InvariantCulture,
            $"| {seed} | {row.Runs} | {row.Seconds:0.0} s | {row.Rule} | {SizeOf(row)} |\n");
    }

    private static string SizeOf(BugRow row) => row.Shrunk is not { } small ? "" : string.Create(
        CultureInfo.InvariantCulture, $"{small.Nodes} nodes, {small.Faults} faults, {small.Operations} operations");
}
