using System.Diagnostics;
using System.Globalization;
using Replication.Testing.Checkers;
using Replication.Testing.Simulation;

namespace Replication.Simulation.Bugs;

/// <summary>Runs seeds in order until one fails. Which one it is depends on the seeds alone, however many run at a
/// time.</summary>
internal sealed class FirstFailure(Profile profile)
{
    private readonly object _gate = new();
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly TimeSpan _processorTime = Environment.CpuUsage.TotalTime;
    private long[] _running = [];
    private long _failed = long.MaxValue;
    private FoundFailure? _found;
    private long _runs;

    /// <summary>Searches.</summary>
    /// <param name="from">The first seed.</param>
    /// <param name="count">The most seeds.</param>
    /// <param name="time">After which no more are begun, in processor time of each worker: a busy machine finds no
    /// less.</param>
    /// <param name="workers">How many run at a time.</param>
    /// <returns>The failure of the lowest seed; null if none failed.</returns>
    public FoundFailure? Find(ulong from, long count, TimeSpan time, int workers)
    {
        long next = -1;
        _running = [.. Enumerable.Repeat(0L, workers)];
        for (int i = 0; i < workers; i++)
        {
            int worker = i;
            Thread thread = new(() =>
            {
                while (ProcessorTime < time * workers && Interlocked.Increment(ref next) is var number && number < count
                    && Begin(worker, number))
                {
                    Try(from + (ulong)number, number);
                }

                Begin(worker, long.MaxValue);
            })
            { IsBackground = true };
            thread.Start();
        }

        // A run behind the one that failed may be given up: a broken build may never end it.
        lock (_gate)
        {
            while (!Array.TrueForAll(_running, number => number == long.MaxValue || number > _failed))
            {
                Monitor.Wait(_gate);
            }
        }

        return _found;
    }

    /// <summary>Gets one line about the search, as <see cref="SearchReport"/> reads it.</summary>
    public string Report() => new SearchReport(
        _found, Interlocked.Read(ref _runs), _watch.Elapsed.TotalSeconds, ProcessorTime.TotalSeconds)
        .ToLine();

    private TimeSpan ProcessorTime => Environment.CpuUsage.TotalTime - _processorTime;

    // Whether the run is still of use.
    private bool Begin(int worker, long number)
    {
        lock (_gate)
        {
            _running[worker] = number;
            Monitor.PulseAll(_gate);
            return number < _failed;
        }
    }

    private void Try(ulong seed, long number)
    {
        FoundFailure? failure = FailureOf(seed);
        lock (_gate)
        {
            _runs++;
            if (failure is not null && number < _failed)
            {
                _failed = number;
                _found = failure;
                Monitor.PulseAll(_gate);
            }
        }
    }

    // What a broken build throws into the simulator itself is as good as a violation.
    private FoundFailure? FailureOf(ulong seed)
    {
        try
        {
            SimulationResult result = profile.Run(seed);
            return result.Verdict.Validity == Validity.Invalid
                ? new FoundFailure(seed, result.Violation?.Rule ?? "verdict", result.Verdict.Reason) : null;
        }
        catch (Exception error)
        {
            return new FoundFailure(seed, "exception", $"{error.GetType().Name}: {error.Message}");
        }
    }
}

/// <summary>A seed that failed.</summary>
internal sealed record FoundFailure(ulong Seed, string Rule, string Detail);

/// <summary>What came of a search.</summary>
/// <param name="Failure">The failure; null if there was none.</param>
/// <param name="Runs">How many seeds ran.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="ProcessorSeconds">The processor time of the whole process: what others run on the machine doesn't
/// count.</param>
internal sealed record SearchReport(FoundFailure? Failure, long Runs, double Seconds, double ProcessorSeconds)
{
    private const string Mark = "search: ";

    /// <summary>Gets the report as one line, with the first line of the failure: what follows are places in a build
    /// that nobody has.</summary>
    public string ToLine() => Mark + string.Join('\t',
        Runs.ToString(CultureInfo.InvariantCulture),
        Seconds.ToString("0.00", CultureInfo.InvariantCulture),
        ProcessorSeconds.ToString("0.00", CultureInfo.InvariantCulture),
        Failure?.Seed.ToString(CultureInfo.InvariantCulture),
        Failure?.Rule,
        Failure?.Detail.Split('\n')[0].Replace('\t', ' '));

    /// <summary>Finds the report among lines of output.</summary>
    /// <returns>Null if there is none.</returns>
    public static SearchReport? Parse(IEnumerable<string> lines)
    {
        if (lines.FirstOrDefault(line => line.StartsWith(Mark, StringComparison.Ordinal)) is not { } found)
        {
            return null;
        }

        string[] words = found[Mark.Length..].Split('\t');
        FoundFailure? failure = words[3].Length == 0
            ? null : new FoundFailure(ulong.Parse(words[3], CultureInfo.InvariantCulture), words[4], words[5]);
        return new SearchReport(failure, long.Parse(words[0], CultureInfo.InvariantCulture), Number(words[1]),
            Number(words[2]));
    }

    private static double Number(string word) => double.Parse(word, CultureInfo.InvariantCulture);
}
