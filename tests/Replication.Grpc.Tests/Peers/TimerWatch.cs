using Microsoft.Extensions.Time.Testing;

namespace Replication.Grpc.Tests.Peers;

/// <summary>A clock that tests set, and that tells when somebody looks at it or waits for a certain time.</summary>
internal sealed class TimerWatch(TimeSpan wait = default) : FakeTimeProvider
{
    private readonly TaskCompletionSource _armed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile TaskCompletionSource? _look;

    /// <summary>Gets a task that ends once a timer of the watched length runs.</summary>
    public Task Armed => _armed.Task.WaitAsync(TimeSpan.FromSeconds(30));

    /// <summary>Does something, and waits until somebody has looked at the clock because of it.</summary>
    public async Task LookedAtAsync(Func<Task> cause)
    {
        TaskCompletionSource look = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _look = look;
        await cause();
        await look.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    public override long GetTimestamp()
    {
        long now = base.GetTimestamp();
        _look?.TrySetResult();
        return now;
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ITimer timer = base.CreateTimer(callback, state, dueTime, period);
        if (dueTime == wait)
        {
            _armed.TrySetResult();
        }

        return timer;
    }
}
