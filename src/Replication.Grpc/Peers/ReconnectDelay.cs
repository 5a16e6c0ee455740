namespace Replication.Grpc.Peers;

/// <summary>
/// The pause between attempts: doubles up to a limit, drawn from its upper half, so that nodes don't dial in step; can
/// be cut short.
/// </summary>
internal sealed class ReconnectDelay : IDisposable
{
    private readonly TimeSpan _minimum;
    private readonly TimeSpan _maximum;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _woken = new(0, 1);

    public ReconnectDelay(TimeSpan minimum, TimeSpan maximum, TimeProvider time)
    {
        (_minimum, _maximum, _time) = (minimum, maximum, time);
        Next = minimum;
    }

    /// <summary>Gets the upper bound of the next pause.</summary>
    public TimeSpan Next { get; private set; }

    /// <summary>Starts over with the shortest pause.</summary>
    public void Reset() => Next = _minimum;

    /// <summary>Ends the pause under way, or skips the next.</summary>
    public void Wake()
    {
        try
        {
            _woken.Release();
        }
        catch (Exception e) when (e is SemaphoreFullException or ObjectDisposedException)
        {
            // Woken already, or nobody dials any more.
        }
    }

    public void Dispose() => _woken.Dispose();

    /// <summary>Pauses; ends quietly when the token fires.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        // Jitter protects a network, no simulation runs here: the shared generator will do.
        TimeSpan pause = Next * (0.5 + (Random.Shared.NextDouble() / 2));
        Next = Next + Next < _maximum ? Next + Next : _maximum;
        using CancellationTokenSource timer = new(pause, _time);
        using CancellationTokenSource either =
            CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
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
