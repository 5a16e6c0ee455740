using Replication.Errors;
using Replication.Primitives;
using Replication.Raft.Primitives;

namespace Replication.Groups;

/// <summary>The newest entries of a log in memory, with their payloads, as a ring by index.</summary>
internal sealed class EntryRing
{
    private LogEntry[] _slots = new LogEntry[64];
    private int _head;

    /// <summary>Creates an empty ring.</summary>
    /// <param name="next">The index that the first entry will have.</param>
    public EntryRing(LogIndex next)
    {
        First = next;
    }

    /// <summary>Gets the index of the oldest entry held; the next index if there is none.</summary>
    public LogIndex First { get; private set; }

    public int Count { get; private set; }

    /// <summary>Gets the payload bytes held.</summary>
    public long Bytes { get; private set; }

    public bool Contains(LogIndex index) => index >= First && index - First < Count;

    public ref readonly LogEntry this[LogIndex index] => ref _slots[Slot(index - First)];

    public void Add(in LogEntry entry)
    {
        if (Count == _slots.Length)
        {
            Grow();
        }

        _slots[Slot(Count)] = entry;
        Count++;
        Bytes += entry.Payload.Length;
    }

    public void RemoveFirst()
    {
        Bytes -= _slots[_head].Payload.Length;
        _slots[_head] = default;
        _head = Slot(1);
        First = First.Next();
        Count--;
    }

    public void RemoveLast()
    {
        Count--;
        int slot = Slot(Count);
        Bytes -= _slots[slot].Payload.Length;
        _slots[slot] = default;
    }

    /// <summary>Starts over, empty, at another index.</summary>
    /// <param name="next">The index that the next entry will have.</param>
    public void Reset(LogIndex next)
    {
        Invariant.Check(Count == 0, "only an empty ring moves");
        First = next;
    }

    private int Slot(long offset) => (int)((_head + offset) & (_slots.Length - 1));

    private void Grow()
    {
        LogEntry[] larger = new LogEntry[_slots.Length * 2];
        for (int i = 0; i < Count; i++)
        {
            larger[i] = _slots[Slot(i)];
        }

        _slots = larger;
        _head = 0;
    }
}
