using System.Diagnostics;

namespace KvProcesses.Workloads;

/// <summary>Measures how long writes stop: from a kill to the first acknowledgement of a write that began when the
/// victim was gone. Callable from any thread.</summary>
public sealed class OutageClock
{
    private long _killed;
    private long _gone;
    private long _ended;

    /// <summary>Gets how long it took; null while it lasts, or if nothing was marked.</summary>
    public TimeSpan? Duration => Interlocked.Read(ref _ended) is var ended and not 0
        ? Stopwatch.GetElapsedTime(Interlocked.Read(ref _killed), ended)
        : null;

    /// <summary>Starts the measurement: call it once the victim can acknowledge nothing any more. Until then it may
    /// have answered writes that began after the signal was sent.</summary>
    /// <param name="killed">When the signal was sent, as a stopwatch's timestamp.</param>
    public void Mark(long killed)
    {
        Interlocked.Exchange(ref _gone, 0);
        Interlocked.Exchange(ref _ended, 0);
        Interlocked.Exchange(ref _killed, killed);
        Interlocked.Exchange(ref _gone, Stopwatch.GetTimestamp());
    }

    /// <summary>A write was acknowledged.</summary>
    /// <param name="began">When it was called, as a stopwatch's timestamp.</param>
    /// <param name="ended">When the acknowledgement came.</param>
    public void Acknowledged(long began, long ended)
    {
        long gone = Interlocked.Read(ref _gone);
        if (gone != 0 && began > gone)
        {
            Interlocked.CompareExchange(ref _ended, ended, 0);
        }
    }
}
