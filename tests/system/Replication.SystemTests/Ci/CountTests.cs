namespace Replication.SystemTests.Ci;

/// <summary>The script that sums up the runs can't call a bad run good.</summary>
public sealed class CountTests
{
    private const string Good =
        "Passed!  - Failed:     0, Passed:     4, Skipped:     1, Total:     5, Duration: 30 ms - A.Tests.dll "
            + "(net10.0)\n";

    private const string Bad =
        "Failed!  - Failed:     2, Passed:     3, Skipped:     0, Total:     5, Duration: 30 ms - B.Tests.dll "
            + "(net10.0)\n";

    private const string AllSkipped =
        "Skipped! - Failed:     0, Passed:     0, Skipped:     2, Total:     2, Duration: 30 ms - B.Tests.dll "
            + "(net10.0)\n";

    [Theory]
    [InlineData(Good, 0, "A.Tests", "4 0")]
    [InlineData("noise\n" + Good + "more\n" + Bad, 1, "A.Tests B.Tests", "7 2")]
    [InlineData(Good, 0, "A.Tests B.Tests", "4 1")]
    [InlineData(Good + AllSkipped, 0, "A.Tests B.Tests", "4 1")]
    [InlineData(Good, 1, "A.Tests", "4 1")]
    [InlineData("", 1, "A.Tests B.Tests", "0 2")]
    [InlineData("", 0, "A.Tests", "0 1")]
    [InlineData("", 1, "", "0 1")]
    public async Task Passed_and_failed_are_summed_and_what_is_missing_has_failed(
        string log, int exitCode, string projects, string expected)
    {
        ToolResult result = await Tool.RunAsync(
            Path.Combine(Tool.RepositoryRoot, ".ci", "count"),
            [$"{exitCode}", .. projects.Split(' ', StringSplitOptions.RemoveEmptyEntries)],
            log);

        result.AssertSuccess();
        Assert.Equal(expected, result.Output.Trim());
    }
}
