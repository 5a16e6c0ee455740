using System.Globalization;

namespace Replication.Raft.Primitives;

/// <summary>
/// Position of an entry in a group's log; the first entry is at 1 (paper §5.3). 0 is the empty position before it.
/// </summary>
/// <param name="Value">The number, at least 0.</param>
public readonly record struct LogIndex(long Value) : IComparable<LogIndex>
{
    /// <summary>Gets the position before the first entry.</summary>
    public static LogIndex Zero => default;

    /// <summary>Orders by number.</summary>
    /// <param name="left">The left side.</param>
    /// <param name="right">The right side.</param>
    public static bool operator <(LogIndex left, LogIndex right) => left.Value < right.Value;

    /// <inheritdoc cref="op_LessThan"/>
    public static bool operator >(LogIndex left, LogIndex right) => left.Value > right.Value;

    /// <inheritdoc cref="op_LessThan"/>
    public static bool operator <=(LogIndex left, LogIndex right) => left.Value <= right.Value;

    /// <inheritdoc cref="op_LessThan"/>
    public static bool operator >=(LogIndex left, LogIndex right) => left.Value >= right.Value;

    /// <summary>Moves by a number of entries.</summary>
    /// <param name="index">Where from.</param>
    /// <param name="count">How many; negative moves back.</param>
    public static LogIndex operator +(LogIndex index, long count) => new(checked(index.Value + count));

    /// <summary>Counts the entries between two positions.</summary>
    /// <param name="left">The later position.</param>
    /// <param name="right">The earlier position.</param>
    public static long operator -(LogIndex left, LogIndex right) => checked(left.Value - right.Value);

    /// <summary>Gets the smaller of two positions.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    /// <returns>The smaller.</returns>
    public static LogIndex Min(LogIndex left, LogIndex right) => left < right ? left : right;

    /// <summary>Gets the larger of two positions.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    /// <returns>The larger.</returns>
    public static LogIndex Max(LogIndex left, LogIndex right) => left > right ? left : right;

    /// <summary>Gets the position after this one.</summary>
    /// <returns>This index plus one; overflow throws.</returns>
    public LogIndex Next() => new(checked(Value + 1));

    /// <inheritdoc/>
    public int CompareTo(LogIndex other) => Value.CompareTo(other.Value);

    /// <inheritdoc/>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
