using System.Globalization;

namespace Replication.Raft.Primitives;

/// <summary>
/// A leadership period; terms rise and act as Raft's logical clock (paper §5.1). 0 is before the first election.
/// </summary>
/// <param name="Value">The number, at least 0.</param>
public readonly record struct Term(long Value) : IComparable<Term>
{
    /// <summary>Gets the term before the first election.</summary>
    public static Term Zero => default;

    /// <summary>Orders by number.</summary>
    /// <param name="left">The left side.</param>
    /// <param name="right">The right side.</param>
    public static bool operator <(Term left, Term right) => left.Value < right.Value;

    /// <inheritdoc cref="op_LessThan"/>
    public static bool operator >(Term left, Term right) => left.Value > right.Value;

    /// <inheritdoc cref="op_LessThan"/>
    public static bool operator <=(Term left, Term right) => left.Value <= right.Value;

    /// <inheritdoc cref="op_LessThan"/>
    public static bool operator >=(Term left, Term right) => left.Value >= right.Value;

    /// <summary>Gets the term after this one.</summary>
    /// <returns>This term plus one; overflow throws.</returns>
    public Term Next() => new(checked(Value + 1));

    /// <inheritdoc/>
    public int CompareTo(Term other) => Value.CompareTo(other.Value);

    /// <inheritdoc/>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
