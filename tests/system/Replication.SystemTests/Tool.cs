using System.Diagnostics;

namespace Replication.SystemTests;

/// <summary>Runs a program of the machine to its end. A program that is not there fails the test.</summary>
internal static class Tool
{
    /// <summary>The Python of the distribution, which holds the packages that .ci/run installs.</summary>
    public const string Python = "/usr/bin/python3";

    /// <summary>Gets the directory that holds Replication.sln.</summary>
    public static string RepositoryRoot { get; } = FindRoot();

    public static async Task<ToolResult> RunAsync(
        string program, IEnumerable<string> arguments, string input = "", int minutes = 2)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        using CancellationTokenSource limit = new(TimeSpan.FromMinutes(minutes));
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return new ToolResult(process.ExitCode, await output, await error);
    }

    private static string FindRoot()
    {
        for (DirectoryInfo? d = new(AppContext.BaseDirectory); d is not null; d = d.Parent)
        {
            if (File.Exists(Path.Combine(d.FullName, "Replication.sln")))
            {
                return d.FullName;
            }
        }

        throw new InvalidOperationException($"No Replication.sln above {AppContext.BaseDirectory}.");
    }
}

/// <summary>How a program ended.</summary>
internal sealed record ToolResult(int ExitCode, string Output, string Error)
{
    public string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public void AssertSuccess() => Assert.True(ExitCode == 0, $"Exit code {ExitCode}\n{Output}\n{Error}");
}
