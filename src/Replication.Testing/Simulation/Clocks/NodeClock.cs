using Replication.Raft.Primitives;

namespace Replication.Testing.Simulation.Clocks;

/// <summary>The clocks of one node: a monotonic one whose rate is off by a bounded part, and a wall clock that drifts
/// and
/// jumps.</summary>
/// <remarks>The algorithm needs nothing of the wall clock; it stamps log time. The rate error of the monotonic one is
/// bounded
/// by what quartz does, which leases would rely on.</remarks>
internal sealed class NodeClock
{
    /// <summary>The wall clock at the start of every run: 2023-11-14, in milliseconds since 1970.</summary>
    public const long UtcOriginMilliseconds = 1_700_000_000_000;

    private const long NanosecondsPerMillisecond = 1_000_000;
    private double _rate = 1;
    private long _trueOrigin;
    private long _localOrigin;
    private long _wallOffsetMilliseconds;

    /// <summary>Starts anew at zero, as a process sees it.</summary>
    /// <param name="now">True time in nanoseconds.</param>
    public void Restart(long now)
    {
        _trueOrigin = now;
        _localOrigin = 0;
    }

    /// <summary>Changes how fast the monotonic clock runs, from now on.</summary>
    /// <param name="now">True time in nanoseconds.</param>
    /// <param name="partsPerMillion">How much faster than true time.</param>
    public void SetRate(long now, long partsPerMillion)
    {
        _localOrigin = Local(now);
        _trueOrigin = now;
        _rate = 1 + (partsPerMillion * 1e-6);
    }

    /// <summary>Moves the wall clock.</summary>
    public void Jump(long milliseconds) => _wallOffsetMilliseconds += milliseconds;

    /// <summary>Gets the monotonic clock.</summary>
    /// <param name="now">True time in nanoseconds.</param>
    public Instant Now(long now) => new(Local(now));

    /// <summary>Gets the wall clock in milliseconds since 1970.</summary>
    /// <param name="now">True time in nanoseconds.</param>
    public long Utc(long now) =>
        UtcOriginMilliseconds + (long)(now * _rate / NanosecondsPerMillisecond) + _wallOffsetMilliseconds;

    /// <summary>Gets the first true moment at which the monotonic clock has reached a moment of its own.</summary>
    /// <param name="local">That moment.</param>
    /// <returns>True time in nanoseconds; long.MaxValue for never.</returns>
    public long TrueTime(Instant local)
    {
        if (local == Instant.Never)
        {
            return long.MaxValue;
        }

        long time = _trueOrigin + (long)Math.Ceiling((local.Nanoseconds - _localOrigin) / _rate);
        while (Local(time) < local.Nanoseconds)
        {
            time++;
        }

        return time;
    }

    private long Local(long now) => _localOrigin + (long)((now - _trueOrigin) * _rate);
}
