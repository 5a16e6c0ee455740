namespace Replication.Log.Shell;

/// <summary>Wakes whoever waits for new applied state. Nobody waits most of the time: then raising it costs one
/// exchange.</summary>
/// <remarks>
/// Ask for <see cref="Next"/> first, look at the state then, wait last: what is published after the look completes the
/// task.
/// </remarks>
internal sealed class PublishSignal
{
    private TaskCompletionSource? _waiters;
    private Exception? _end;

    /// <summary>Wakes all that wait. Called on the executor; they run elsewhere.</summary>
    public void Raise() => Interlocked.Exchange(ref _waiters, null)?.TrySetResult();

    /// <summary>Wakes all with an error, now and for ever.</summary>
    public void End(Exception reason)
    {
        Interlocked.CompareExchange(ref _end, reason, null);
        Interlocked.Exchange(ref _waiters, null)?.TrySetException(_end);
    }

    /// <summary>Gets a task that completes at the next <see cref="Raise"/>, or fails at the end.</summary>
    public Task Next()
    {
        TaskCompletionSource? waiters = Volatile.Read(ref _waiters);
        while (waiters is null)
        {
            var fresh = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            waiters = Interlocked.CompareExchange(ref _waiters, fresh, null) ?? fresh;
        }

        Exception? end = Volatile.Read(ref _end);
        return end is null ? waiters.Task : Task.FromException(end);
    }
}
