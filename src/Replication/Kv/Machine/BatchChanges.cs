using System.Runtime.InteropServices;
using Replication.Storage.Engine;

namespace Replication.Kv.Machine;

/// <summary>What the operations of one batch have changed so far, at most one change per key, in order of first
/// change.</summary>
internal sealed class BatchChanges
{
    /// <summary>Up to here looking through the list is faster than hashing; above it the work per batch would grow with
    /// its square.</summary>
    private const int ListSearchMax = 12;

    private readonly List<KeyValueMutation> _changes = [];
    private readonly Dictionary<ReadOnlyMemory<byte>, int> _places = new(KeyBytesComparer.Instance);

    public ReadOnlySpan<KeyValueMutation> All => CollectionsMarshal.AsSpan(_changes);

    public void Clear()
    {
        _changes.Clear();
        _places.Clear();
    }

    public bool TryGet(ReadOnlyMemory<byte> key, out KeyValueMutation change)
    {
        int place = Find(key);
        change = place >= 0 ? _changes[place] : default;
        return place >= 0;
    }

    public void Set(in KeyValueMutation change)
    {
        int place = Find(change.Key);
        if (place >= 0)
        {
            _changes[place] = change;
            return;
        }

        _changes.Add(change);
        if (_changes.Count > ListSearchMax)
        {
            for (int i = _places.Count; i < _changes.Count; i++)
            {
                _places.Add(_changes[i].Key, i);
            }
        }
    }

    private int Find(ReadOnlyMemory<byte> key)
    {
        if (_places.Count > 0)
        {
            return _places.TryGetValue(key, out int place) ? place : -1;
        }

        for (int i = 0; i < _changes.Count; i++)
        {
            if (_changes[i].Key.Span.SequenceEqual(key.Span))
            {
                return i;
            }
        }

        return -1;
    }
}
