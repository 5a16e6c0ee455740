namespace Replication.Grpc.Peers;

/// <summary>The pause between attempts: doubles up to a limit, drawn from its upper half, so that nodes don't dial in step; can be cut short.</summary>
internal sealed class ReconnectDelay(TimeSpan minimum, TimeSpan maximum, TimeProvider time)
{
    private readonly SemaphoreSlim _woken = new(0, 1);
    private TimeSpan _next = minimum;

    /// <summary>Gets the upper bound of the next pause.</summary>
    public TimeSpan Next => _next;

    /// <summary>Starts over with the shortest pause.</summary>
    public void Reset() => _next = minimum;

    /// <summary>Ends the pause under way, or skips the next.</summary>
    public void Wake()
    {
        try
        {
            _woken.Release();
        }
        catch (SemaphoreFullException)
        {
            // Woken already.
        }
    }

    /// <summary>Pauses; ends quietly when the token fires.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        // Jitter protects a network, no simulation runs here: the shared generator will do.
        TimeSpan pause = _next * (0.5 + (Random.Shared.NextDouble() / 2));
        _next = _next + _next < maximum ? _next + _next : maximum;
        using CancellationTokenSource timer = new(pause, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        try
        {
            await _woken.WaitAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The pause is over.
        }
    }
}
