using System.Globalization;

namespace Replication.Raft.Primitives;

/// <summary>Identity of a node, unique in its cluster for ever. Positive; the default value means "none".</summary>
/// <param name="Value">The number, at least 1; 0 means "none".</param>
public readonly record struct NodeId(int Value) : IComparable<NodeId>
{
    /// <summary>Gets the value that names no node.</summary>
    public static NodeId None => default;

    /// <summary>Gets whether this names no node.</summary>
    public bool IsNone => Value == 0;

    /// <summary>Orders by number.</summary>
    /// <param name="left">The left side.</param>
    /// <param name="right">The right side.</param>
    public static bool operator <(NodeId left, NodeId right) => left.Value < right.Value;

    /// <inheritdoc cref="op_LessThan"/>
    public static bool operator >(NodeId left, NodeId right) => left.Value > right.Value;

    /// <inheritdoc cref="op_LessThan"/>
    public static bool operator <=(NodeId left, NodeId right) => left.Value <= right.Value;

    /// <inheritdoc cref="op_LessThan"/>
    public static bool operator >=(NodeId left, NodeId right) => left.Value >= right.Value;

    /// <inheritdoc/>
    public int CompareTo(NodeId other) => Value.CompareTo(other.Value);

    /// <inheritdoc/>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
