using System.ComponentModel;
using System.Diagnostics;

namespace Harness.Drivers;

/// <summary>Runs programs of the system.</summary>
internal static class SystemCommand
{
    private const int NotThere = 127;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    /// <summary>Runs one to its end.</summary>
    /// <param name="line">The program and its options, without quotes or blanks within them.</param>
    /// <returns>What it printed.</returns>
    /// <exception cref="InvalidOperationException">It isn't there, it failed, or it did not end in time.</exception>
    public static string Run(string line)
    {
        (int code, string output, string error) = RunAny(line);
        return code == 0 ? output
            : throw new InvalidOperationException($"`{line}` ended with code {code}: {error.Trim()}");
    }

    /// <summary>Runs one that may fail, or not be there: then the code is that of a shell, 127.</summary>
    /// <exception cref="InvalidOperationException">It did not end in time.</exception>
    public static (int Code, string Output, string Error) RunAny(string line)
    {
        string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        ProcessStartInfo start = new(words[0], words.Skip(1))
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        try
        {
            using Process process = Process.Start(start)!;
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            Task<string> error = process.StandardError.ReadToEndAsync();
            if (!process.WaitForExit(Limit))
            {
                process.Kill(entireProcessTree: true);
                throw new InvalidOperationException($"`{line}` did not end within {Limit.TotalMinutes} minutes.");
            }

            return (process.ExitCode, output.Result, error.Result);
        }
        catch (Win32Exception e)
        {
            return (NotThere, "", $"{words[0]} can't be run: {e.Message}");
        }
    }
}
