namespace Replication.Testing.Checkers.Linearizability;

/// <summary>What a search may spend: configurations, bytes and time. Counts what it has spent.</summary>
internal sealed class SearchBudget
{
    private const int StepsBetweenClockReads = 1024;

    private readonly long _configurationsMax;
    private readonly LinearizabilityOptions _options;
    private readonly long? _started;

    /// <param name="options">The caps of memory and time.</param>
    /// <param name="configurationsMax">The cap of configurations.</param>
    /// <param name="started">When the time began to count; null if it doesn't.</param>
    public SearchBudget(LinearizabilityOptions options, long configurationsMax, long? started)
    {
        _options = options;
        _configurationsMax = configurationsMax;
        _started = started;
    }

    /// <summary>Gets how many configurations were counted.</summary>
    public long Configurations { get; private set; }

    /// <summary>Gets which cap was reached, for people to read; null while none is.</summary>
    public string? Exhausted { get; private set; }

    /// <summary>Counts a configuration; true once a cap is reached.</summary>
    public bool IsExhausted(long bytes)
    {
        if (++Configurations > _configurationsMax)
        {
            Exhausted = $"after {_configurationsMax:N0} configurations";
        }
        else if (bytes > _options.MemoryBytesMax)
        {
            Exhausted = $"at {bytes:N0} bytes of memory";
        }
        else if (_started is long started && Configurations % StepsBetweenClockReads == 0
            && (_options.TimeProvider ?? TimeProvider.System).GetElapsedTime(started) > _options.TimeMax)
        {
            Exhausted = $"after {_options.TimeMax}";
        }

        return Exhausted is not null;
    }
}
