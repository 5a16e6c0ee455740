namespace Replication.SystemTests.Simulation;

/// <summary>The ordinary search of the simulator finds bugs that are planted into a copy of the sources. Some of each
/// layer here; all of them by the command of docs/planted-bugs.md.</summary>
public sealed class PlantedBugTests
{
    private static readonly string[] Bugs =
    [
        "term-told-before-it-is-durable",
        "terms-alone-compared",
        "follower-drops-what-is-not-committed",
        "half-is-a-majority",
        "read-before-its-index-is-applied",
        "follower-reads-at-its-own-commit-index",
        "flush-without-sync",
        "hard-state-left-behind",
        "sessions-not-restored",
        "answers-crossed-between-clients",
        "timestamp-of-an-entry-not-sent",
        "batch-does-not-see-its-own-changes",
    ];

    [Fact]
    public async Task Planted_bugs_of_each_layer_are_found_and_the_sound_code_passes_the_same_seeds()
    {
        string project = Path.Combine(Tool.RepositoryRoot, "tests", "Replication.Simulation");

        ToolResult result = await Tool.RunAsync(
            "dotnet",
            ["run", "-c", "Release", "--project", project, "--", "bugs", "--shrink-runs", "0",
                "--only", string.Join(',', Bugs)],
            minutes: 12);

        result.AssertSuccess();
        Assert.Contains($"{Bugs.Length} of {Bugs.Length} found; the sound code passes", result.Output,
            StringComparison.Ordinal);
    }
}
