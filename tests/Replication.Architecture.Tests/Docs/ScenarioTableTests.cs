using System.Globalization;
using System.Text.RegularExpressions;

namespace Replication.Architecture.Tests.Docs;

/// <summary>docs/scenarios.md names every row once, and nothing in it that does not exist.</summary>
public sealed partial class ScenarioTableTests
{
    private const string Scripts = "tests/Replication.Raft.Tests/Scenarios/";
    private const string Planted = "tests/Replication.Simulation/Bugs/planted";
    private const string RowsKey = "rows: ";

    private static readonly string[][] Rows =
    [
        .. Repository.Read("docs/scenarios.md").Split('\n')
            .Where(line => RowStart().IsMatch(line))
            .Select(line => line.Trim().Trim('|').Split('|', StringSplitOptions.TrimEntries)),
    ];

    private static readonly Lazy<HashSet<string>> Tests = new(() =>
    [
        .. from file in Repository.CSharpFiles
           where file.StartsWith("tests/", StringComparison.Ordinal)
           let text = Repository.Read(file)
           from type in TypeName().Matches(text).Select(match => match.Groups[1].Value).Distinct()
           from test in TestMethod().Matches(text).Select(match => match.Groups[1].Value)
           select $"{type}.{test}",
    ]);

    [Fact]
    public void Every_row_stands_there_once() => Assert.Equal(
        Enumerable.Range(1, 75), Rows.Select(row => int.Parse(row[0], CultureInfo.InvariantCulture)));

    [Fact]
    public void A_row_names_tests_and_a_probe_or_says_why_not_yet() => Repository.AssertNone(
        Rows.Where(row => row.Length != 5
                || (!row[2].StartsWith("Not yet", StringComparison.Ordinal)
                    && (!Code().IsMatch(row[2])
                        || !(Code().IsMatch(row[3]) || row[3].StartsWith("in the test", StringComparison.Ordinal)))))
            .Select(row => string.Join(" | ", row)),
        "A row has five columns: number, what, tests, probes, planted bug.");

    [Fact]
    public void Every_test_and_script_of_the_table_exists() => Repository.AssertNone(
        Rows.SelectMany(row => Code().Matches(row[2]).Select(match => (Row: row[0], Name: match.Groups[1].Value)))
            .Where(named => !Exists(named.Name))
            .Select(named => $"row {named.Row}: {named.Name}"),
        "Name the test as Class.Method or the script as a file of " + Scripts);

    [Fact]
    public void Every_probe_of_the_table_exists()
    {
        string probes = Repository.Read("src/Replication.Testing/Simulation/Probes/Probe.cs");
        Repository.AssertNone(
            Rows.SelectMany(row => Code().Matches(row[3]).Select(match => (Row: row[0], Name: match.Groups[1].Value)))
                .Where(named => !probes.Contains($"    {named.Name},\n", StringComparison.Ordinal))
                .Select(named => $"row {named.Row}: {named.Name}"),
            "Name a probe of the simulator.");
    }

    [Fact]
    public void Every_script_of_a_row_is_in_its_row() => Repository.AssertNone(
        Repository.TextFiles
            .Where(file => file.StartsWith(Scripts + "row", StringComparison.Ordinal))
            .Select(file => file[Scripts.Length..])
            .Where(file => !Rows[int.Parse(file.AsSpan(3, 2), CultureInfo.InvariantCulture) - 1][2]
                .Contains($"`{file}`", StringComparison.Ordinal)),
        "Add the script to its row of docs/scenarios.md.");

    [Fact]
    public void A_row_names_the_bugs_that_are_planted_for_it_and_no_other()
    {
        ILookup<string, string> planted = Directory.EnumerateFiles(Repository.FullPath(Planted), "*.bug")
            .Order(StringComparer.Ordinal)
            .ToLookup(
                file => File.ReadLines(file).First(line => line.StartsWith(RowsKey, StringComparison.Ordinal))
                    [RowsKey.Length..],
                file => $"`{Path.GetFileNameWithoutExtension(file)}`");
        Assert.All(planted, bugs => Assert.True(bugs.Key == "own" || Rows.Any(row => row[0] == bugs.Key), bugs.Key));

        Repository.AssertNone(
            Rows.Select(row => (Row: row, Wanted: string.Join(", ", planted[row[0]])))
                .Where(each => each.Row[4].Trim('–') != each.Wanted)
                .Select(each => $"row {each.Row[0]}: {each.Wanted}"),
            "Name these bugs in the last column, all that say \"rows: N\" and no other.");
    }

    [Fact]
    public void A_name_that_nothing_has_is_noticed()
    {
        Assert.True(Exists("ScenarioTableTests.A_name_that_nothing_has_is_noticed"));
        Assert.True(Exists("single-node.txt"));
        Assert.False(Exists("ScenarioTableTests.A_name_that_nothing_has"));
        Assert.False(Exists("SolutionTests.A_name_that_nothing_has_is_noticed"));
        Assert.False(Exists("row99-nothing.txt"));
    }

    private static bool Exists(string name) => name.EndsWith(".txt", StringComparison.Ordinal)
        ? Repository.TextFiles.Contains(Scripts + name)
        : Tests.Value.Contains(name);

    [GeneratedRegex(@"^\| \d+ \|")]
    private static partial Regex RowStart();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Code();

    [GeneratedRegex(@"\bclass (\w+)")]
    private static partial Regex TypeName();

    [GeneratedRegex(@"\[(?:Fact|Theory)\b[^\]]*\](?:\s*\[[^\]]*\])*\s*public (?:async )?\w+ (\w+)\(")]
    private static partial Regex TestMethod();
}
