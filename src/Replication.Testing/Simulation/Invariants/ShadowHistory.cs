using Replication.Raft.Primitives;
using Replication.Storage.Wal;

namespace Replication.Testing.Simulation.Invariants;

/// <summary>A change of a log.</summary>
/// <param name="Kind">An entry, a truncation, or a hard state.</param>
/// <param name="Entry">The entry.</param>
/// <param name="Index">The first index that a truncation voids.</param>
/// <param name="HardState">The hard state.</param>
internal readonly record struct ShadowChange(
    WalOperationKind Kind, ShadowEntry Entry, long Index, HardState HardState);

/// <summary>All changes of a log, in order.</summary>
/// <remarks>Nearly all are entries: they lie in one list, and whatever else there is has a mark in it.</remarks>
internal sealed class ShadowHistory
{
    // A mark is an entry of term zero; its hash is the place of what it stands for.
    private readonly List<ShadowEntry> _entries = [];
    private readonly List<ShadowChange> _others = [];

    public int Count => _entries.Count;

    public ShadowChange this[int place]
    {
        get
        {
            ShadowEntry entry = _entries[place];
            return entry.Term != 0
                ? new ShadowChange(WalOperationKind.Entry, entry, 0, default)
                : _others[(int)entry.Hash];
        }
    }

    public void Add(in ShadowEntry entry)
    {
        if (entry.Term != 0)
        {
            _entries.Add(entry);
        }
        else
        {
            AddOther(new ShadowChange(WalOperationKind.Entry, entry, 0, default));
        }
    }

    public void AddTruncation(long from) =>
        AddOther(new ShadowChange(WalOperationKind.Truncate, default, from, default));

    public void Add(HardState state) => AddOther(new ShadowChange(WalOperationKind.HardState, default, 0, state));

    /// <summary>Forgets the changes from a place on.</summary>
    public void RemoveFrom(int place)
    {
        for (int i = place; i < _entries.Count; i++)
        {
            if (_entries[i].Term == 0)
            {
                _others.RemoveRange((int)_entries[i].Hash, _others.Count - (int)_entries[i].Hash);
                break;
            }
        }

        _entries.RemoveRange(place, _entries.Count - place);
    }

    private void AddOther(in ShadowChange change)
    {
        _entries.Add(new ShadowEntry(0, (ulong)_others.Count));
        _others.Add(change);
    }
}
