using System.Diagnostics;

namespace Harness.Drivers;

/// <summary>Runs programs of the system.</summary>
internal static class SystemCommand
{
    /// <summary>Runs one to its end.</summary>
    /// <param name="line">The program and its options, without quotes.</param>
    /// <returns>What it printed.</returns>
    /// <exception cref="InvalidOperationException">It isn't there, or it failed.</exception>
    public static string Run(string line)
    {
        (int code, string output, string error) = RunAny(line);
        return code == 0 ? output
            : throw new InvalidOperationException($"`{line}` ended with code {code}: {error.Trim()}");
    }

    /// <summary>Runs one that may fail.</summary>
    public static (int Code, string Output, string Error) RunAny(string line)
    {
        string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        ProcessStartInfo start = new(words[0], words.Skip(1))
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        try
        {
            using Process process = Process.Start(start)
                ?? throw new InvalidOperationException($"{words[0]} could not be started.");
            Task<string> error = process.StandardError.ReadToEndAsync();
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, output, error.Result);
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new InvalidOperationException($"{words[0]} can't be run: {e.Message}", e);
        }
    }
}
