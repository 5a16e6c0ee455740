using System.Diagnostics;
using System.Text;
using KvProcesses.Workloads;
using Replication.Load.Systems;

namespace Replication.Load.Measuring;

/// <summary>What a number of clients, each with one put under way, got out of a system.</summary>
internal sealed record ThroughputResult(
    int Clients, double PutsPerSecond, double P50Milliseconds, double P99Milliseconds, double MaxMilliseconds,
        double ServerMicrosecondsPerPut, long Failed);

/// <summary>Durable puts in a closed loop: a warm-up that doesn't count, then the measurement.</summary>
internal sealed class ThroughputMeasurement(ILoadedSystem system, LoadOptions options)
{
    private const int Keys = 100_000;
    private volatile LatencyHistogram? _histogram;
    private long _failed;

    /// <summary>Loads the system without measuring.</summary>
    public async Task WarmUpAsync(int clients)
    {
        using CancellationTokenSource stop = new(options.SystemWarmUp);
        await Task.WhenAll(Enumerable.Range(0, clients).Select(i => Task.Run(() => PutAsync(i, stop.Token))));
    }

    public async Task<ThroughputResult> RunAsync(int clients)
    {
        using CancellationTokenSource stop = new();
        Task[] running = [.. Enumerable.Range(0, clients).Select(i => Task.Run(() => PutAsync(i, stop.Token)))];
        await Task.Delay(options.WarmUp);
        LatencyHistogram histogram = new();
        TimeSpan serverBefore = system.ServerTime();
        long began = Stopwatch.GetTimestamp();
        _histogram = histogram;
        await Task.Delay(options.Duration);
        _histogram = null;
        TimeSpan elapsed = Stopwatch.GetElapsedTime(began);
        TimeSpan server = system.ServerTime() - serverBefore;
        await stop.CancelAsync();
        await Task.WhenAll(running);
        return new ThroughputResult(
            clients,
            histogram.Count / elapsed.TotalSeconds,
            histogram.Quantile(0.5).TotalMilliseconds,
            histogram.Quantile(0.99).TotalMilliseconds,
            histogram.Maximum.TotalMilliseconds,
            server.TotalMicroseconds / Math.Max(1, histogram.Count),
            Interlocked.Read(ref _failed));
    }

    private async Task PutAsync(int client, CancellationToken stop)
    {
        SplitMix64 random = new(options.Seed + SplitMix64.Mix((ulong)client));
        byte[] value = new byte[options.ValueBytes];
        while (!stop.IsCancellationRequested)
        {
            byte[] key = Encoding.ASCII.GetBytes($"key{random.Next(0, Keys):d8}");
            BitConverter.TryWriteBytes(value, random.Next());
            long began = Stopwatch.GetTimestamp();
            bool done = await system.PutAsync(key, value, CancellationToken.None);
            if (_histogram is not { } histogram)
            {
                continue;
            }

            if (done)
            {
                histogram.Add(Stopwatch.GetElapsedTime(began));
            }
            else
            {
                Interlocked.Increment(ref _failed);
            }
        }
    }
}
