using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Replication.ProcessTests.Programs;

public sealed class QuickStartTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task A_short_run_loses_nothing_verifies_everything_and_exits_with_zero()
    {
        (int code, string output) = await RunAsync("--duration", "6", "--records", "1000", "--clients", "16");

        Assert.True(code == 0, output);
        Assert.Equal(1000, Row(output, "keys checked"));
        Assert.Equal(0, Row(output, "lost"));
        Assert.Equal(0, Row(output, "unverified"));
        Assert.True(Row(output, "acknowledged") > 1000, output);
        Assert.Equal(Row(output, "acknowledged"), Row(output, "writes covered"));
        Assert.Contains("writes stopped for", output, StringComparison.Ordinal);
        Assert.Contains("has caught up", output, StringComparison.Ordinal);
        Assert.Contains("Nothing acknowledged was lost.", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("delete", "Missing")]
    [InlineData("rollback", "RolledBack")]
    public async Task One_sabotaged_key_makes_the_run_fail(string way, string verdict)
    {
        (int code, string output) =
            await RunAsync("--duration", "6", "--records", "300", "--clients", "8", "--sabotage", way);

        Assert.True(code == 1, output);
        Assert.Equal(1, Row(output, "lost"));
        Assert.Matches($@"key \d+: {verdict}", output);
        Assert.Contains("FAILED", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--duration", "5")]
    [InlineData("--records", "many")]
    [InlineData("--value-size", "31")]
    [InlineData("--sabotage", "truncate")]
    [InlineData("--nonsense", "1")]
    public async Task A_bad_option_is_named(string option, string value)
    {
        (int code, string output) = await RunAsync(option, value);

        Assert.Equal(2, code);
        Assert.StartsWith(option, output, StringComparison.Ordinal);
    }

    private static long Row(string output, string name)
    {
        Match match = Regex.Match(output, $@"^{Regex.Escape(name)} +([\d,]+)\s*$", RegexOptions.Multiline);
        Assert.True(match.Success, $"No row '{name}' in:\n{output}");
        return long.Parse(match.Groups[1].Value.Replace(",", "", StringComparison.Ordinal),
            System.Globalization.CultureInfo.InvariantCulture);
    }

    private static async Task<(int Code, string Output)> RunAsync(params string[] arguments)
    {
        ProcessStartInfo start = KvProcesses.Processes.KvNodeProgram.Prepare([]);
        start.ArgumentList.Clear();
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "QuickStart.dll"));
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        using CancellationTokenSource limit = new(Limit);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return (process.ExitCode, await output + await error);
    }
}
