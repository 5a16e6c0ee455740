namespace Replication.Raft.Tests.Scenarios;

/// <summary>
/// Each script must give its trace, word for word. REWRITE=1 writes the real traces instead: read the diff.
/// </summary>
public class ScenarioTests
{
    // A line of a trace without which a script does not show its row; rewriting the traces does not rewrite it.
    private const string Probe = "# Reached: ";

    public static TheoryData<string> Names => [.. AllNames];

    /// <summary>Gets the scripts that belong to a row of docs/scenarios.md.</summary>
    public static TheoryData<string> NamesOfRows =>
        [.. AllNames.Where(name => name.StartsWith("row", StringComparison.Ordinal))];

    private static IEnumerable<string> AllNames => Directory.GetFiles(ScenarioFile.Folder, "*.txt")
        .Select(path => Path.GetFileName(path))
        .Order(StringComparer.Ordinal);

    [Theory]
    [MemberData(nameof(Names))]
    public void A_script_gives_its_trace(string name)
    {
        string path = Path.Combine(ScenarioFile.Folder, name);
        string[] script = File.ReadAllLines(path);
        List<string> played = ScenarioFile.Play(script);
        if (Environment.GetEnvironmentVariable("REWRITE") == "1")
        {
            File.WriteAllText(path, string.Join('\n', played) + "\n");
            return;
        }

        Assert.True(
            script.Any(ScenarioFile.IsTrace), $"{name} has no expected trace: run REWRITE=1 dotnet test, and read it.");
        Assert.True(script.Any(line => line.StartsWith('#')), $"{name} doesn't say what it shows.");
        Assert.Equal(string.Join('\n', script), string.Join('\n', played));
    }

    [Theory]
    [MemberData(nameof(NamesOfRows))]
    public void A_script_of_a_row_reaches_what_the_row_is_about(string name)
    {
        string[] script = File.ReadAllLines(Path.Combine(ScenarioFile.Folder, name));
        string[] probes = [.. script.Where(line => line.StartsWith(Probe, StringComparison.Ordinal))
            .Select(line => line[Probe.Length..])];

        Assert.NotEmpty(probes);
        Assert.Empty(probes.Except(ScenarioFile.Play(script).Where(ScenarioFile.IsTrace).Select(line => line.Trim())));
    }

    [Fact]
    public void There_are_at_least_thirty_scripts() => Assert.InRange(Names.Count, 30, int.MaxValue);

    [Fact]
    public void A_script_whose_trace_is_wrong_is_told_apart()
    {
        string[] right = [.. ScenarioFile.Play(["> nodes 1", "> settle", "> status"])];
        string[] wrong = [.. right.Select(line => line.Replace("Leader", "Follower", StringComparison.Ordinal))];

        Assert.Contains(right, line => line.Contains("Leader", StringComparison.Ordinal));
        Assert.NotEqual(wrong, [.. ScenarioFile.Play(wrong)]);
    }
}
