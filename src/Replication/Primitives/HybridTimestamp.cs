namespace Replication.Primitives;

/// <summary>Log time: the leader's clock on each entry, strictly rising along a group's log.</summary>
/// <param name="Value">Milliseconds since 1970-01-01 UTC times 65,536, plus a counter; 0 means "none".</param>
/// <remarks>A hybrid logical clock: a new leader starts above the largest timestamp in its log, whatever its own clock
/// says. While a leader's clock is behind the log, log time goes on at half speed.</remarks>
public readonly record struct HybridTimestamp(long Value) : IComparable<HybridTimestamp>
{
    /// <summary>Gets the part taken from a clock, in milliseconds since 1970-01-01 UTC.</summary>
    public long UnixMilliseconds => Value >> 16;

    /// <summary>Orders by time.</summary>
    /// <param name="left">The left side.</param>
    /// <param name="right">The right side.</param>
    public static bool operator <(HybridTimestamp left, HybridTimestamp right) => left.Value < right.Value;

    /// <inheritdoc cref="op_LessThan"/>
    public static bool operator >(HybridTimestamp left, HybridTimestamp right) => left.Value > right.Value;

    /// <inheritdoc cref="op_LessThan"/>
    public static bool operator <=(HybridTimestamp left, HybridTimestamp right) => left.Value <= right.Value;

    /// <inheritdoc cref="op_LessThan"/>
    public static bool operator >=(HybridTimestamp left, HybridTimestamp right) => left.Value >= right.Value;

    /// <summary>Gets the timestamp of a clock reading.</summary>
    /// <param name="unixMilliseconds">Milliseconds since 1970-01-01 UTC.</param>
    /// <returns>The timestamp with a counter of 0.</returns>
    public static HybridTimestamp FromUnixMilliseconds(long unixMilliseconds) => new(checked(unixMilliseconds << 16));

    /// <summary>Gets the smallest timestamp that is later than this and not before a clock's reading.</summary>
    /// <param name="unixMilliseconds">The clock's reading, in milliseconds since 1970-01-01 UTC.</param>
    /// <returns>The next timestamp.</returns>
    public HybridTimestamp Next(long unixMilliseconds)
    {
        HybridTimestamp clock = FromUnixMilliseconds(unixMilliseconds);
        return clock > this ? clock : new(checked(Value + 1));
    }

    /// <inheritdoc/>
    public int CompareTo(HybridTimestamp other) => Value.CompareTo(other.Value);
}
