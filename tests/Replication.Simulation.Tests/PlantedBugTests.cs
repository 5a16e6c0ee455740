using Replication.Simulation.Bugs;

namespace Replication.Simulation.Tests;

/// <summary>The simulator finds bugs: a handful is planted into a copy of the sources, built and searched for. The
/// whole set is the verb "bugs" of the tool.</summary>
public sealed class PlantedBugTests(PlantedBugTests.Copy copy) : IClassFixture<PlantedBugTests.Copy>
{
    // The rows of the project's checklist of others' bugs that are to be planted, as far as there is such a feature.
    private static readonly int[] RowsWanted =
        [1, 2, 3, 4, 13, 14, 15, 16, 17, 18, 22, 28, 29, 30, 31, 32, 36, 37, 38, 39, 41];

    private static IReadOnlyList<PlantedBug> All { get; } =
        PlantedBug.ReadAll(Path.Combine(Copy.Repository, BugVerbs.Folder));

    private static IReadOnlyList<PlantedBug> Equivalent { get; } =
        PlantedBug.ReadAll(Path.Combine(Copy.Repository, BugVerbs.EquivalentFolder));

    [Fact]
    public void Only_a_change_without_effect_has_a_proof()
    {
        Assert.DoesNotContain(All, bug => bug.Proof is not null);
        Assert.DoesNotContain(Equivalent, change => change.Proof is null);
    }

    [Fact]
    public void Every_bug_can_be_planted()
    {
        Assert.True(All.Count >= 40, $"There are {All.Count}.");
        foreach (PlantedBug bug in All.Concat(Equivalent))
        {
            foreach ((string file, string text) in bug.Plant(Copy.Repository))
            {
                Assert.NotEqual(File.ReadAllText(Path.Combine(Copy.Repository, file)), text);
                Assert.StartsWith("src/Replication", file, StringComparison.Ordinal);
                Assert.DoesNotContain("Testing", file, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void Every_row_of_the_checklist_has_a_bug()
    {
        SortedSet<string> rows = [.. All.Select(bug => bug.Rows)];

        Assert.DoesNotContain(RowsWanted, row => !rows.Contains($"{row}"));
        Assert.Equal(5, All.Select(bug => bug.Layer).Where(layer => layer != "store").Distinct().Count());
    }

    [Fact]
    public void No_method_has_more_than_two_bugs()
    {
        IEnumerable<string> members = All.SelectMany(bug => bug.Edits.Select(MemberOf).Distinct());

        Assert.DoesNotContain(members.GroupBy(member => member), group => group.Count() > 2);
    }

    [Fact]
    public void A_text_that_is_gone_or_stands_twice_is_an_error()
    {
        SourceEdit edit = new("a.cs", "b", "c");

        Assert.Equal("acd", edit.Apply("abd"));
        Assert.Throws<FormatException>(() => edit.Apply("ad"));
        Assert.Throws<FormatException>(() => edit.Apply("abdb"));
        Assert.Throws<FormatException>(() => PlantedBug.Parse("x", ["rows: 1", "layer: reads", "story: none"]));
    }

    [Fact]
    public void What_a_search_and_shrinking_print_is_read_back()
    {
        SearchReport report = new(new FoundFailure(7, "one-vote", "two\tlines\nof text"), 12, 1.5, 2.25);
        ShrunkSize size = new(3, 2, 1, 4, 500, 12.5);

        Assert.Equal(
            report with { Failure = new FoundFailure(7, "one-vote", "two lines") },
            SearchReport.Parse(["noise", report.ToLine()]));
        Assert.Equal(report with { Failure = null }, SearchReport.Parse([(report with { Failure = null }).ToLine()]));
        Assert.Equal(size, ShrunkSize.Parse(["noise", $"seed 7 {size}: one-vote"]));
        Assert.Null(ShrunkSize.Parse(["The run does not fail: there is nothing to shrink."]));
    }

    [Theory]
    [InlineData("follower-acknowledges-its-whole-log")]
    [InlineData("commit-past-the-verified-prefix")]
    [InlineData("unconfirmed-read-answered")]
    public void A_planted_bug_is_found(string name)
    {
        FoundFailure? failure = copy.Search(All.Single(bug => bug.Name == name));

        Assert.NotNull(failure);
    }

    [Fact]
    public void The_sound_code_passes_the_same_seeds() =>
        Assert.Null(new FirstFailure(Profile.Swarm).Find(1, Copy.Seeds, TimeSpan.FromMinutes(5), 1));

    // The line that begins the member which an edit is in.
    private static string MemberOf(SourceEdit edit)
    {
        string text = File.ReadAllText(Path.Combine(Copy.Repository, edit.File));
        string before = text[..(text.IndexOf(edit.Find, StringComparison.Ordinal) + edit.Find.Length)];
        return edit.File + ": " + before.Split('\n').Last(line =>
            line.Length > 4 && line.StartsWith("    ", StringComparison.Ordinal) && char.IsLetter(line[4]));
    }

    /// <summary>The copy that the bugs are planted into.</summary>
    public sealed class Copy : IDisposable
    {
        internal const long Seeds = 12;

        private readonly SourceCopy _copy = SourceCopy.Create(Repository, AppContext.BaseDirectory);

        internal static string Repository { get; } = SourceCopy.FindRepository(AppContext.BaseDirectory);

        internal FoundFailure? Search(PlantedBug bug)
        {
            _copy.Plant(bug);
            (_, IReadOnlyList<string> lines) = Command.Run(
                Repository, TimeSpan.FromMinutes(5), "dotnet", _copy.ToolPath, "find", "--seeds", $"{Seeds}");
            SearchReport? report = SearchReport.Parse(lines);
            Assert.True(report is not null, string.Join('\n', lines));
            return report.Failure;
        }

        public void Dispose() => _copy.Dispose();
    }
}
