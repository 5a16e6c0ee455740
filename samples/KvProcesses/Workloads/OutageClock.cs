using System.Diagnostics;

namespace KvProcesses.Workloads;

/// <summary>Measures how long writes stop: from a mark to the first acknowledgement of a write that began after it.
/// Callable from any thread.</summary>
public sealed class OutageClock
{
    private long _marked;
    private long _ended;

    /// <summary>Gets how long it took; null while it lasts, or if nothing was marked.</summary>
    public TimeSpan? Duration => Interlocked.Read(ref _ended) is var ended and not 0
        ? Stopwatch.GetElapsedTime(Interlocked.Read(ref _marked), ended)
        : null;

    /// <summary>Starts the measurement: call it right before the kill.</summary>
    public void Mark()
    {
        Interlocked.Exchange(ref _ended, 0);
        Interlocked.Exchange(ref _marked, Stopwatch.GetTimestamp());
    }

    /// <summary>A write was acknowledged.</summary>
    /// <param name="began">When it was called, as a stopwatch's timestamp.</param>
    /// <param name="ended">When the acknowledgement came.</param>
    public void Acknowledged(long began, long ended)
    {
        long marked = Interlocked.Read(ref _marked);
        if (marked != 0 && began > marked)
        {
            Interlocked.CompareExchange(ref _ended, ended, 0);
        }
    }
}
