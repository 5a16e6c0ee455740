using System.Collections.Immutable;
using Replication.Testing.Histories;

namespace Replication.Testing.Checkers.Linearizability.Models;

/// <summary>A set of values, with a hash that does not depend on their order and is kept up to date.</summary>
internal sealed class SetState : IEquatable<SetState>
{
    private readonly ImmutableHashSet<HistoryValue> _items;
    private readonly int _hash;

    private SetState(ImmutableHashSet<HistoryValue> items, int hash, HistoryValue? added)
    {
        _items = items;
        _hash = hash;
        Added = added;
    }

    public static SetState Empty { get; } = new([], 0, null);

    /// <summary>Gets the element by which this set is larger than the one it was made from, if it is.</summary>
    public HistoryValue? Added { get; }

    public int Count => _items.Count;

    public SetState With(HistoryValue item) =>
        _items.Contains(item) ? this : new SetState(_items.Add(item), _hash ^ Scattered(item), item);

    public SetState Without(HistoryValue item) =>
        _items.Contains(item) ? new SetState(_items.Remove(item), _hash ^ Scattered(item), null) : this;

    public bool Contains(HistoryValue item) => _items.Contains(item);

    /// <summary>Whether a list holds each element once and nothing else.</summary>
    public bool Equals(ReadOnlySpan<HistoryValue> list)
    {
        if (list.Length != Count)
        {
            return false;
        }

        int hash = 0;
        foreach (HistoryValue item in list)
        {
            hash ^= Scattered(item);
        }

        return hash == _hash && new HashSet<HistoryValue>([.. list]).SetEquals(_items);
    }

    public bool Equals(SetState? other) =>
        other is not null
        && (ReferenceEquals(this, other)
            || (_hash == other._hash && Count == other.Count && _items.SetEquals(other._items)));

    public override bool Equals(object? obj) => Equals(obj as SetState);

    public override int GetHashCode() => _hash;

    public override string ToString() =>
        $"{{{string.Join(", ", _items.Select(i => i.ToString()).Order(StringComparer.Ordinal))}}}";

    // Small numbers hash to themselves; xor of those would make many sets collide.
    private static int Scattered(HistoryValue item) => HashCode.Combine(item.GetHashCode());
}
