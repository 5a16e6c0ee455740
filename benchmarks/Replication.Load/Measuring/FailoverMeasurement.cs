using Replication.Load.Systems;

namespace Replication.Load.Measuring;

/// <summary>How long writes stop when the leader is killed: from SIGKILL to the first acknowledgement of a put that
/// began when the leader was gone; such puts begin every 50 ms.</summary>
/// <param name="system">What loses its leader.</param>
/// <param name="time">The clock; the system's by default.</param>
internal sealed class FailoverMeasurement(ILoadedSystem system, TimeProvider? time = null)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private readonly TaskCompletionSource<long> _acknowledged = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public async Task<double> RunAsync()
    {
        Func<Task> kill = await system.PrepareKillAsync();
        using CancellationTokenSource limit = new(Limit, _time);
        await PutAsync(limit.Token);
        long killed = _time.GetTimestamp();

        // A put that begins between the signal and the victim's end may still be answered by it.
        await kill();
        using PeriodicTimer timer = new(Interval, _time);
        List<Task> probes = [];
        do
        {
            probes.Add(ProbeAsync(limit.Token));
            await timer.WaitForNextTickAsync(limit.Token);
        }
        while (!_acknowledged.Task.IsCompleted);

        double milliseconds = _time.GetElapsedTime(killed, await _acknowledged.Task).TotalMilliseconds;
        await limit.CancelAsync();
        await Task.WhenAll(probes);
        await system.RestoreAsync();
        return milliseconds;
    }

    private Task<bool> PutAsync(CancellationToken cancellationToken) =>
        system.PutAsync("probe"u8.ToArray(), new byte[256], cancellationToken);

    private async Task ProbeAsync(CancellationToken cancellationToken)
    {
        if (await PutAsync(cancellationToken))
        {
            _acknowledged.TrySetResult(_time.GetTimestamp());
        }
    }
}
