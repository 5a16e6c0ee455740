using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace Replication.Architecture.Tests.Purity;

/// <summary>A use of clock, random, thread or disk in the core does not compile.</summary>
public sealed partial class PurityTests
{
    private static readonly string[] Plants =
    [
        "_ = System.DateTime.UtcNow;",
        "_ = System.DateTimeOffset.Now;",
        "_ = System.TimeProvider.System;",
        "_ = System.Diagnostics.Stopwatch.GetTimestamp();",
        "_ = System.Environment.TickCount64;",
        "_ = System.Environment.TickCount;",
        "_ = new System.Random(1);",
        "_ = System.Random.Shared;",
        "_ = System.Security.Cryptography.RandomNumberGenerator.GetInt32(5);",
        "_ = System.Guid.NewGuid();",
        "_ = System.HashCode.Combine(1, 2);",
        "_ = \"text\".GetHashCode();",
        "_ = System.Threading.Tasks.Task.CompletedTask;",
        "_ = System.Threading.Tasks.ValueTask.CompletedTask;",
        "_ = new System.Threading.Thread(() => { });",
        "_ = new System.Threading.Lock();",
        "_ = new System.Threading.Timer(_ => { });",
        "System.Threading.Monitor.Enter(new object());",
        "_ = System.IO.File.Exists(\"x\");",
        "_ = new System.IO.MemoryStream();",
        "_ = System.Net.IPAddress.Loopback;",
        "System.Console.WriteLine();",
        "_ = new System.Collections.Concurrent.ConcurrentQueue<int>();",
    ];

    [Fact]
    public async Task Every_planted_impurity_in_a_copy_of_the_core_is_a_compile_error_and_nothing_else_is()
    {
        string root = Directory.CreateTempSubdirectory("replication-purity-").FullName;
        try
        {
            string project = CopyOfTheCore(root);
            int firstLine = WritePlants(Path.GetDirectoryName(project)!);

            (int exitCode, string output) = await BuildAsync(project, root);

            string[] errors = [.. ErrorLine().Matches(output).Select(m => m.Value).Distinct()];
            HashSet<int> reported = [];
            foreach (Match match in ErrorLine().Matches(output))
            {
                Assert.True(
                    match.Groups["file"].Value.EndsWith("Planted.cs", StringComparison.Ordinal)
                    && match.Groups["code"].Value == "RS0030",
                    $"The copy of the core has another error than the planted ones:\n{string.Join('\n', errors)}");
                reported.Add(int.Parse(match.Groups["line"].ValueSpan, null) - firstLine);
            }

            Assert.True(
                exitCode != 0, $"The planted impurities compiled. BannedSymbols.txt is not in force:\n{output}");
            Repository.AssertNone(
                Plants.Where((_, i) => !reported.Contains(i)),
                "These compile inside the core. Ban them in src/Replication.Raft/BannedSymbols.txt.");
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    private static string CopyOfTheCore(string root)
    {
        foreach (string file in Directory.EnumerateFiles(Repository.Root, "Directory.*.props"))
        {
            File.Copy(file, Path.Combine(root, Path.GetFileName(file)));
        }

        File.Copy(Repository.FullPath(".editorconfig"), Path.Combine(root, ".editorconfig"));
        File.Copy(Repository.FullPath("global.json"), Path.Combine(root, "global.json"));
        foreach (string path in Repository.TextFiles
            .Where(p => p.StartsWith("src/Replication.Raft/", StringComparison.Ordinal)))
        {
            string target = Path.Combine(root, path);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(Repository.FullPath(path), target);
        }

        return Path.Combine(root, "src", "Replication.Raft", "Replication.Raft.csproj");
    }

    private static int WritePlants(string directory)
    {
        StringBuilder source = new();
        source.AppendLine("namespace Replication.Raft;").AppendLine();
        source.AppendLine("internal static class Planted").AppendLine("{");
        source.AppendLine("    public static void Run()").AppendLine("    {");
        const int linesBefore = 6;
        foreach (string plant in Plants)
        {
            source.Append("        ").AppendLine(plant);
        }

        source.AppendLine("    }").AppendLine("}");
        File.WriteAllText(Path.Combine(directory, "Planted.cs"), source.ToString());
        return linesBefore + 1;
    }

    private static async Task<(int ExitCode, string Output)> BuildAsync(string project, string root)
    {
        // Packages come from the cache that built this test; an empty folder stands in for every feed.
        string noFeed = Directory.CreateDirectory(Path.Combine(root, "no-feed")).FullName;
        ProcessStartInfo start = new("dotnet")
        {
            WorkingDirectory = root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        string[] arguments =
        [
            "build", project, "-v:q", "-nologo", "-nodeReuse:false", "-p:UseSharedCompilation=false",
            $"-p:RestoreSources={noFeed}",
        ];
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (string name in start.Environment.Keys
            .Where(k => k.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)))
        {
            start.Environment.Remove(name);
        }

        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        using CancellationTokenSource limit = new(TimeSpan.FromMinutes(4));
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

    [GeneratedRegex(
        @"(?<file>[^\s(]+)\((?<line>\d+),\d+\): error (?<code>\w+):.*|(?<file>\S+) *: error (?<code>\w+):.*")]
    private static partial Regex ErrorLine();
}
