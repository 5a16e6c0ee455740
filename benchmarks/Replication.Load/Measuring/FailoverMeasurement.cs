using System.Diagnostics;
using Replication.Load.Systems;

namespace Replication.Load.Measuring;

/// <summary>How long writes stop when the leader is killed: a put begins every 50 ms; from SIGKILL to the first
/// acknowledgement of one that began after it.</summary>
internal sealed class FailoverMeasurement(ILoadedSystem system)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private readonly TaskCompletionSource<long> _acknowledged = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public async Task<double> RunAsync()
    {
        Action kill = await system.PrepareKillAsync();
        using CancellationTokenSource limit = new(Limit);
        await ProbeAsync(long.MinValue, limit.Token);
        long killed = Stopwatch.GetTimestamp();
        kill();
        using PeriodicTimer timer = new(Interval);
        List<Task> probes = [];
        do
        {
            probes.Add(ProbeAsync(killed, limit.Token));
            await timer.WaitForNextTickAsync(limit.Token);
        }
        while (!_acknowledged.Task.IsCompleted);

        double milliseconds = Stopwatch.GetElapsedTime(killed, await _acknowledged.Task).TotalMilliseconds;
        await limit.CancelAsync();
        await Task.WhenAll(probes);
        await system.RestoreAsync();
        return milliseconds;
    }

    private async Task ProbeAsync(long killed, CancellationToken cancellationToken)
    {
        bool done = await system.PutAsync("probe"u8.ToArray(), new byte[256], cancellationToken);
        if (done && killed != long.MinValue)
        {
            _acknowledged.TrySetResult(Stopwatch.GetTimestamp());
        }
    }
}
