namespace Harness.Nemeses;

/// <summary>Does something again and again until it is ended.</summary>
internal sealed class Pulse
{
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _beating;

    /// <summary>Begins.</summary>
    /// <param name="beat">Does it, and gives the time until the next.</param>
    public Pulse(Func<TimeSpan> beat)
    {
        _beating = BeatAsync(beat);
    }

    /// <summary>Waits until the last one has ended.</summary>
    public Task EndAsync()
    {
        _end.TrySetResult();
        return _beating;
    }

    private async Task BeatAsync(Func<TimeSpan> beat)
    {
        while (!_end.Task.IsCompleted)
        {
            await Task.WhenAny(Task.Delay(beat()), _end.Task).ConfigureAwait(false);
        }
    }
}
