namespace KvProcesses.Workloads;

/// <summary>What a load has done so far. Callable from any thread.</summary>
public sealed class LoadCounters
{
    private long _staleReads;
    private long _failedReads;
    private long _inFlight;
    private long _lastAcknowledged;

    /// <summary>Gets the durations of acknowledged writes.</summary>
    public LatencyHistogram Writes { get; } = new();

    /// <summary>Gets the durations of answered reads.</summary>
    public LatencyHistogram Reads { get; } = new();

    /// <summary>Gets how many linearizable reads answered below an acknowledged write.</summary>
    public long StaleReads => Interlocked.Read(ref _staleReads);

    /// <summary>Gets how many reads failed.</summary>
    public long FailedReads => Interlocked.Read(ref _failedReads);

    /// <summary>Gets how many writes are under way.</summary>
    public long WritesInFlight => Interlocked.Read(ref _inFlight);

    /// <summary>Gets when the last write was acknowledged, as a stopwatch's timestamp; 0 if none was.</summary>
    public long LastAcknowledged => Interlocked.Read(ref _lastAcknowledged);

    internal void CountStaleRead() => Interlocked.Increment(ref _staleReads);

    internal void CountFailedRead() => Interlocked.Increment(ref _failedReads);

    internal void WriteBegins() => Interlocked.Increment(ref _inFlight);

    internal void WriteEnds() => Interlocked.Decrement(ref _inFlight);

    internal void WriteAcknowledged(long at) => Interlocked.Exchange(ref _lastAcknowledged, at);
}
