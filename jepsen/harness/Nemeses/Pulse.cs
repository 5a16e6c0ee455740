namespace Harness.Nemeses;

/// <summary>Does something again and again until it is disposed.</summary>
internal sealed class Pulse : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _beating;

    /// <summary>Begins.</summary>
    /// <param name="beat">Does it, and gives the time until the next.</param>
    public Pulse(Func<TimeSpan> beat)
    {
        _beating = BeatAsync(beat);
    }

    /// <summary>Waits until the last one has ended.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _beating.ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task BeatAsync(Func<TimeSpan> beat)
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(beat(), _stop.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }
}
