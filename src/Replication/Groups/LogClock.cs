using Replication.Primitives;
using Replication.Raft.Primitives;

namespace Replication.Groups;

/// <summary>Stamps a leader's entries: with its wall clock, and where that is behind the log, with a time that goes on
/// at half the speed of the monotonic clock.</summary>
/// <remarks>
/// A wall clock that was ahead once leaves the log ahead. Were log time to stand until the clock has caught up, no
/// session would expire meanwhile and no overwritten value would be given up; at half speed both take twice as long,
/// and the clock still catches up.
/// </remarks>
internal sealed class LogClock
{
    private HybridTimestamp _last;
    private long _anchorMilliseconds;
    private Instant _anchoredAt;

    /// <summary>Stamps an entry.</summary>
    /// <param name="last">The timestamp of the entry before it.</param>
    /// <param name="utcUnixMilliseconds">The wall clock.</param>
    /// <param name="now">The monotonic clock; never earlier than at the call before.</param>
    /// <returns>A timestamp later than the last one, and never before the wall clock.</returns>
    public HybridTimestamp Next(HybridTimestamp last, long utcUnixMilliseconds, Instant now)
    {
        if (last != _last)
        {
            // Another leader's entry: when it was stamped is not known here.
            Anchor(last.UnixMilliseconds, now);
        }

        long paced = _anchorMilliseconds + ((long)(now - _anchoredAt).TotalMilliseconds / 2);
        if (utcUnixMilliseconds >= paced)
        {
            paced = utcUnixMilliseconds;
            Anchor(paced, now);
        }

        _last = last.Next(paced);
        return _last;
    }

    private void Anchor(long milliseconds, Instant now)
    {
        _anchorMilliseconds = milliseconds;
        _anchoredAt = now;
    }
}
