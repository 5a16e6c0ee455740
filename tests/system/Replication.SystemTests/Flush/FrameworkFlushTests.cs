namespace Replication.SystemTests.Flush;

/// <summary>Why this project calls fdatasync itself: the framework's flush hides the error on Linux.</summary>
public sealed class FrameworkFlushTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("replication-flush-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData("EIO", 5)]
    [InlineData("ENOSPC", 28)]
    public async Task The_framework_reports_success_where_the_system_call_failed(string error, int errno)
    {
        string trace = Path.Combine(_directory, "trace");
        ToolResult result = await Tool.RunAsync(
            "strace",
            [
                "-f", "-o", trace, "-e", "trace=fsync,fdatasync", "-e", $"inject=fsync,fdatasync:error={error}",
                "dotnet", ProbePath, Path.Combine(_directory, "file"),
            ]);

        result.AssertSuccess();
        string[] injected =
            [.. (await File.ReadAllLinesAsync(trace)).Where(l => l.Contains("(INJECTED)", StringComparison.Ordinal))];
        Assert.True(injected.Length >= 4, $"The fault was injected {injected.Length} times, 4 flushes were made.");
        Assert.Equal(
            [
                "RandomAccess.FlushToDisk ok",
                "FileStream.Flush ok",
                $"fdatasync errno {errno}",
                $"fsync errno {errno}",
            ],
            result.Lines);
    }

    [Fact]
    public async Task Without_a_fault_every_way_succeeds()
    {
        ToolResult result = await Tool.RunAsync("dotnet", [ProbePath, Path.Combine(_directory, "file")]);

        result.AssertSuccess();
        Assert.Equal(4, result.Lines.Length);
        Assert.All(result.Lines, l => Assert.EndsWith(" ok", l, StringComparison.Ordinal));
    }

    private static string ProbePath => Path.Combine(AppContext.BaseDirectory, "Replication.FlushProbe.dll");
}
