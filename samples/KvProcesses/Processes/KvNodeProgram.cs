using System.Diagnostics;
using System.Runtime.InteropServices;

namespace KvProcesses.Processes;

/// <summary>The built KvNode program beside the running one.</summary>
public static class KvNodeProgram
{
    /// <summary>Gets the program's assembly.</summary>
    public static string Assembly { get; } = Path.Combine(AppContext.BaseDirectory, "KvNode.dll");

    /// <summary>Prepares a start of the program; its standard input, output and error are pipes.</summary>
    /// <param name="arguments">Command and options.</param>
    /// <param name="wrapper">A program and its options to run it under, for example <c>strace -f</c>; empty for
    /// none.</param>
    /// <param name="assembly">The program's assembly; null for the one beside the running program.</param>
    /// <returns>What to start.</returns>
    public static ProcessStartInfo Prepare(
        IEnumerable<string> arguments, IReadOnlyList<string>? wrapper = null, string? assembly = null)
    {
        List<string> line = [.. wrapper ?? [], DotnetHost(), assembly ?? Assembly, .. arguments];
        ProcessStartInfo start = new(line[0], line.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };

        // Settings reach a node as arguments only: what the caller's own environment holds must not change it.
        foreach (string name in start.Environment.Keys
            .Where(n => n.StartsWith("REPLICATION__", StringComparison.OrdinalIgnoreCase)).ToList())
        {
            start.Environment.Remove(name);
        }

        return start;
    }

    /// <summary>Runs the program to its end.</summary>
    /// <param name="arguments">Command and options.</param>
    /// <param name="timeout">How long it may take; then it is killed.</param>
    /// <param name="assembly">The program's assembly; null for the one beside the running program.</param>
    /// <returns>Exit code and what it printed.</returns>
    public static async Task<ProgramResult> RunAsync(
        IEnumerable<string> arguments, TimeSpan timeout, string? assembly = null)
    {
        using Process process = Start(Prepare(arguments, assembly: assembly));
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        using CancellationTokenSource deadline = new(timeout);
        try
        {
            await process.WaitForExitAsync(deadline.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw new TimeoutException(
                $"KvNode {string.Join(' ', arguments)} did not end within {timeout.TotalSeconds} s.");
        }

        return new ProgramResult(
            process.ExitCode, await output.ConfigureAwait(false), await error.ConfigureAwait(false));
    }

    internal static Process Start(ProcessStartInfo start) =>
        Process.Start(start) ?? throw new InvalidOperationException($"{start.FileName} could not be started.");

    private static string DotnetHost()
    {
        string name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        string beside =
            Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", name));
        return File.Exists(beside) ? beside : name;
    }
}

/// <summary>How a program ended.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">Standard output.</param>
/// <param name="Error">Standard error.</param>
public sealed record ProgramResult(int ExitCode, string Output, string Error);
