using System.Diagnostics;
using Replication.Testing.Checkers;
using Replication.Testing.Simulation;

namespace Replication.Simulation;

/// <summary>Runs many seeds, one on each processor at a time.</summary>
internal sealed class Campaign(Profile profile, TextWriter output)
{
    private readonly Lock _gate = new();
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly TimeSpan _processorTime = Environment.CpuUsage.TotalTime;

    public CampaignTotals Totals { get; } = new();

    /// <summary>Gets the failure of the lowest seed for each way of failing.</summary>
    public SortedDictionary<string, SimulationResult> WaysToFail { get; } = new(StringComparer.Ordinal);

    public TimeSpan Elapsed => _watch.Elapsed;

    /// <summary>Gets the processor time used, by all threads: what others run on the machine doesn't count.</summary>
    public TimeSpan ProcessorTime => Environment.CpuUsage.TotalTime - _processorTime;

    /// <summary>Gets the first seed after those that were run without a gap.</summary>
    public ulong End { get; private set; }

    /// <summary>Runs seeds.</summary>
    /// <param name="from">The first.</param>
    /// <param name="count">How many.</param>
    /// <param name="time">After which no more are begun.</param>
    /// <param name="workers">How many run at a time.</param>
    public void Run(ulong from, long count, TimeSpan time, int workers)
    {
        long next = -1;
        Thread[] threads = new Thread[workers];
        for (int i = 0; i < workers; i++)
        {
            threads[i] = new Thread(() =>
            {
                while (_watch.Elapsed < time && Interlocked.Increment(ref next) is var number && number < count)
                {
                    Run(from + (ulong)number);
                }
            });
            threads[i].Start();
        }

        foreach (Thread thread in threads)
        {
            thread.Join();
        }

        End = from + (ulong)Totals.Runs;
    }

    // What a broken build throws into the simulator itself is a failure of its seed, and the others go on.
    private void Run(ulong seed)
    {
        SimulationResult result;
        try
        {
            result = profile.Run(seed);
        }
        catch (Exception error)
        {
            lock (_gate)
            {
                Totals.AddError(seed, error);
                output.WriteLine($"seed {seed} FAILED: the run threw {error}");
                output.WriteLine(profile.ReplayLine(seed));
            }

            return;
        }

        Take(result);
    }

    private void Take(SimulationResult result)
    {
        lock (_gate)
        {
            Totals.Add(result);
            if (result.Verdict.Validity == Validity.Invalid)
            {
                output.WriteLine($"seed {result.Config.Seed} FAILED: {result.Verdict.Reason}");
                output.WriteLine(profile.ReplayLine(result.Config.Seed));
                string signature = result.Violation!.Signature;
                if (!WaysToFail.TryGetValue(signature, out SimulationResult? known)
                    || result.Config.Seed < known.Config.Seed)
                {
                    WaysToFail[signature] = result;
                }
            }
            else if (result.Verdict.Validity == Validity.Unknown)
            {
                output.WriteLine($"seed {result.Config.Seed} unknown: {result.Verdict.Reason}");
            }
        }
    }
}
