using System.ComponentModel;
using System.Diagnostics;

namespace Replication.Simulation;

/// <summary>Runs programs to their end.</summary>
internal static class Command
{
    private static readonly TimeSpan WallTime = TimeSpan.FromHours(2);
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(500);

    /// <summary>Runs a program.</summary>
    /// <param name="directory">Where.</param>
    /// <param name="time">The processor time after which it is killed, with what it started: on a busy machine the
    /// clock would hit the innocent.</param>
    /// <param name="words">The program and its arguments.</param>
    /// <returns>Its exit code, -1 if it was killed, and the lines that it wrote.</returns>
    public static (int ExitCode, IReadOnlyList<string> Lines) Run(
        string directory, TimeSpan time, params ReadOnlySpan<string> words)
    {
        ProcessStartInfo start = new(words[0])
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string word in words[1..])
        {
            start.ArgumentList.Add(word);
        }

        List<string> lines = [];
        Lock gate = new();
        using Process process = new() { StartInfo = start };
        process.OutputDataReceived += (_, line) => Add(line.Data);
        process.ErrorDataReceived += (_, line) => Add(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        Stopwatch watch = Stopwatch.StartNew();
        while (!process.WaitForExit(LookInterval))
        {
            if (IsOver(process, time) || watch.Elapsed > WallTime)
            {
                process.Kill(entireProcessTree: true);
                process.WaitForExit();
                return (-1, lines);
            }
        }

        // Without a time it also waits for the last lines.
        process.WaitForExit();
        return (process.ExitCode, lines);

        void Add(string? line)
        {
            lock (gate)
            {
                if (line is not null)
                {
                    lines.Add(line);
                }
            }
        }
    }

    private static bool IsOver(Process process, TimeSpan time)
    {
        try
        {
            return process.TotalProcessorTime > time;
        }
        catch (Exception error) when (error is InvalidOperationException or Win32Exception)
        {
            // It has ended meanwhile: before the question, or between the question and a look into /proc.
            return false;
        }
    }
}
