using System.Globalization;

namespace Replication.Raft.Primitives;

/// <summary>A moment on a monotonic clock whose origin means nothing: only differences count.</summary>
/// <param name="Nanoseconds">Nanoseconds since the origin, at least 0.</param>
public readonly record struct Instant(long Nanoseconds) : IComparable<Instant>
{
    /// <summary>Gets the moment that never comes.</summary>
    public static Instant Never => new(long.MaxValue);

    /// <summary>Orders by time.</summary>
    /// <param name="left">The left side.</param>
    /// <param name="right">The right side.</param>
    public static bool operator <(Instant left, Instant right) => left.Nanoseconds < right.Nanoseconds;

    /// <inheritdoc cref="op_LessThan"/>
    public static bool operator >(Instant left, Instant right) => left.Nanoseconds > right.Nanoseconds;

    /// <inheritdoc cref="op_LessThan"/>
    public static bool operator <=(Instant left, Instant right) => left.Nanoseconds <= right.Nanoseconds;

    /// <inheritdoc cref="op_LessThan"/>
    public static bool operator >=(Instant left, Instant right) => left.Nanoseconds >= right.Nanoseconds;

    /// <summary>Moves forward in time; saturates at <see cref="Never"/>.</summary>
    /// <param name="instant">Where from.</param>
    /// <param name="duration">How far.</param>
    public static Instant operator +(Instant instant, TimeSpan duration)
    {
        long nanoseconds = checked(duration.Ticks * 100);
        return instant.Nanoseconds > long.MaxValue - nanoseconds ? Never : new(instant.Nanoseconds + nanoseconds);
    }

    /// <summary>Gets the time between two moments, to 100 ns.</summary>
    /// <param name="later">The later moment.</param>
    /// <param name="earlier">The earlier moment.</param>
    public static TimeSpan operator -(Instant later, Instant earlier) =>
        new((later.Nanoseconds - earlier.Nanoseconds) / 100);

    /// <summary>Gets the earlier of two moments.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    /// <returns>The earlier.</returns>
    public static Instant Min(Instant left, Instant right) => left < right ? left : right;

    /// <inheritdoc/>
    public int CompareTo(Instant other) => Nanoseconds.CompareTo(other.Nanoseconds);

    /// <inheritdoc/>
    public override string ToString() =>
        this == Never ? "never" : string.Create(CultureInfo.InvariantCulture, $"{Nanoseconds / 1_000_000.0:0.###} ms");
}
