namespace Harness.Proxies;

/// <summary>The way of bytes from one end to another: open, cut, slow or narrow. Callable from any thread.</summary>
/// <remarks>A cut way holds what comes, as a network that drops packets does: TCP sends them again, so that after the
/// cut everything arrives, or the ends have given the connection up.</remarks>
internal sealed class Link
{
    private readonly Lock _gate = new();
    private TaskCompletionSource? _cut;
    private int _cuts;
    private long _held;
    private long _delayTicks;

    /// <summary>Gets whether nothing passes.</summary>
    public bool IsCut
    {
        get
        {
            lock (_gate)
            {
                return _cuts > 0;
            }
        }
    }

    /// <summary>Gets how many pieces of data, or connections, met a cut or were delayed by a fault.</summary>
    public long Held => Interlocked.Read(ref _held);

    /// <summary>Gets or sets how long everything takes here.</summary>
    public TimeSpan Delay
    {
        get => new(Interlocked.Read(ref _delayTicks));
        set => Interlocked.Exchange(ref _delayTicks, value.Ticks);
    }

    /// <summary>Cuts the way; each cut needs its <see cref="Heal"/>.</summary>
    public void Cut()
    {
        lock (_gate)
        {
            _cuts++;
            _cut ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>Takes one cut back.</summary>
    public void Heal()
    {
        TaskCompletionSource? healed = null;
        lock (_gate)
        {
            if (_cuts > 0 && --_cuts == 0)
            {
                (healed, _cut) = (_cut, null);
            }
        }

        healed?.SetResult();
    }

    /// <summary>Waits until something may pass.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask PassAsync(CancellationToken cancellationToken)
    {
        bool isHeld = false;
        while (CutNow() is { } cut)
        {
            Count(ref isHeld);
            await cut.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Notes that a fault held something up.</summary>
    public void NoteHeld() => Interlocked.Increment(ref _held);

    private TaskCompletionSource? CutNow()
    {
        lock (_gate)
        {
            return _cut;
        }
    }

    private void Count(ref bool isHeld)
    {
        if (!isHeld)
        {
            isHeld = true;
            NoteHeld();
        }
    }
}
