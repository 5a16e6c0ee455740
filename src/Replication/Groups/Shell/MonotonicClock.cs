using Replication.Raft.Primitives;

namespace Replication.Groups.Shell;

/// <summary>A host's clock: moments for timeouts, and the wall clock for log time.</summary>
internal sealed class MonotonicClock(TimeProvider provider)
{
    private readonly long _origin = provider.GetTimestamp();

    /// <summary>Gets the current moment.</summary>
    public Instant Now => new(provider.GetElapsedTime(_origin).Ticks * 100);

    /// <summary>Gets the wall clock in milliseconds since 1970-01-01 UTC.</summary>
    public long UtcUnixMilliseconds => provider.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Gets how long it is until a moment, rounded up to the millisecond; zero if it is past.</summary>
    /// <param name="moment">The moment.</param>
    /// <returns>The time until then.</returns>
    public TimeSpan Until(Instant moment)
    {
        Instant now = Now;
        return moment <= now
            ? TimeSpan.Zero : TimeSpan.FromMilliseconds(Math.Min(((
                moment.Nanoseconds - now.Nanoseconds) / 1_000_000) + 1, 3_600_000));
    }

    /// <summary>Has an inbox woken at a moment of a clock that is not the system's.</summary>
    /// <param name="moment">The moment.</param>
    /// <param name="inbox">The inbox.</param>
    /// <returns>The timer; null on the system's clock, by which waits count anyway.</returns>
    public ITimer? Alarm(Instant moment, LoopInbox inbox) => ReferenceEquals(provider, TimeProvider.System)
        ? null
        : provider.CreateTimer(static state =>
            ((LoopInbox)state!).Wake(), inbox, Until(moment), Timeout.InfiniteTimeSpan);
}
