using System.Globalization;
using System.Text.RegularExpressions;

namespace Replication.SystemTests.Storage;

/// <summary>
/// Each system call that makes something durable fails once, in its own process: the process says why, and nothing
/// acknowledged is lost.
/// </summary>
public sealed partial class DiskFaultTests : IDisposable
{
    private const string Calls = "pwrite64,fdatasync,fsync";
    private const int DiskFailed = 3;

    private readonly string _root = Directory.CreateTempSubdirectory("replication-disk-").FullName;

    private static string ProbePath => Path.Combine(AppContext.BaseDirectory, "Replication.StorageProbe.dll");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData("faster", "EIO", "Input/output error")]
    [InlineData("segment", "ENOSPC", "No space left on device")]
    public async Task Every_durable_call_that_fails_stops_the_process_with_its_reason(
        string log, string error, string reason)
    {
        Dictionary<string, int> counts = await CountCallsAsync(log);
        Assert.True(counts["fsync"] >= 6
            && counts["fdatasync"] >= 14 && counts["pwrite64"] >= 14, $"Too few calls: {string.Join(", ", counts)}");
        foreach ((string call, int count) in counts)
        {
            for (int nth = 1; nth <= count; nth++)
            {
                await FailOneAsync(log, call, nth, error, reason);
            }
        }
    }

    [GeneratedRegex(@"(pwrite64|fdatasync|fsync)\(\d+<(?<path>[^>]*)>")]
    private static partial Regex CallLine { get; }

    private async Task<Dictionary<string, int>> CountCallsAsync(string log)
    {
        string trace = Path.Combine(_root, "trace");
        string directory = Path.Combine(_root, "count", "data");
        Directory.CreateDirectory(Path.GetDirectoryName(directory)!);
        ToolResult result = await Tool.RunAsync(
            "strace", ["-f", "-y", "-o", trace, "-e", $"trace={Calls}", "dotnet", ProbePath, "write", log, directory]);
        result.AssertSuccess();
        Assert.Contains("acknowledged 4", result.Lines);
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (string line in await File.ReadAllLinesAsync(trace))
        {
            Match match = CallLine.Match(line);
            if (match.Success && match.Groups["path"].Value.StartsWith(_root, StringComparison.Ordinal))
            {
                counts[match.Groups[1].Value] = counts.GetValueOrDefault(match.Groups[1].Value) + 1;
            }
        }

        return counts;
    }

    private async Task FailOneAsync(string log, string call, int nth, string error, string reason)
    {
        string name = $"{call} {nth.ToString(CultureInfo.InvariantCulture)}";
        string directory = Path.Combine(_root, $"{call}-{nth.ToString(CultureInfo.InvariantCulture)}", "data");
        string trace = directory + ".trace";
        Directory.CreateDirectory(Path.GetDirectoryName(directory)!);
        ToolResult result = await Tool.RunAsync(
            "strace",
            [
                "-f", "-y", "-o", trace, "-e", $"trace={call}", "-e", $"inject={call}:error={error}:when={nth.ToString(
                    CultureInfo.InvariantCulture)}",
                "dotnet", ProbePath, "write", log, directory,
            ]);

        string injected = Assert.Single(
            await File.ReadAllLinesAsync(trace), line => line.Contains("(INJECTED)", StringComparison.Ordinal));
        Assert.Contains(_root, injected, StringComparison.Ordinal);
        bool isClosing = result.Lines.Contains("acknowledged 4");
        Assert.True(result.ExitCode == DiskFailed
            || (isClosing
            && result.ExitCode == 0), $"{name}: exit code {result.ExitCode}\n{result.Output}{result.Error}");
        if (!isClosing)
        {
            string failure = Assert.Single(result.Lines, line => line.StartsWith("failed ", StringComparison.Ordinal));
            Assert.Contains(reason, failure, StringComparison.Ordinal);
            Assert.Contains(_root, failure, StringComparison.Ordinal);
            Assert.Equal(failure, result.Lines[^1]);
        }

        await VerifyAsync(log, directory, name, result);
    }

    private static async Task VerifyAsync(string log, string directory, string name, ToolResult written)
    {
        ToolResult verified = await Tool.RunAsync("dotnet", [ProbePath, "verify", log, directory]);
        Assert.True(verified.ExitCode == 0, $"{name}: {verified.Output}{verified.Error}");
        foreach (string promise in new[] { "initialized", "peer accepted" })
        {
            Assert.True(!written.Lines.Contains(promise)
                || verified.Lines.Contains(promise), $"{name}: '{promise}' was said, but is not so.");
        }

        // Once the log was truncated the first four may be gone.
        int first = written.Lines.Contains("acknowledged 3") ? 4 : 0;
        foreach (string line in written.Lines.Where(line => line.StartsWith("acknowledged ", StringComparison.Ordinal)))
        {
            int number = int.Parse(line["acknowledged ".Length..], CultureInfo.InvariantCulture);
            string found = "found " + number.ToString(CultureInfo.InvariantCulture);
            Assert.True(number < first || verified.Lines.Contains(found), $"{name}: {line}, but it is lost.");
        }
    }
}
