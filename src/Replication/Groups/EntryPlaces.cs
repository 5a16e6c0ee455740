using Replication.Raft.Primitives;
using Replication.Storage.Wal;

namespace Replication.Groups;

/// <summary>Where each retained entry lies in the write-ahead log: 16 bytes per entry, in blocks, so that growing
/// copies nothing.</summary>
internal sealed class EntryPlaces
{
    private const int BlockBits = 11;
    private const int BlockLength = 1 << BlockBits;
    private readonly List<Place[]> _blocks = [];

    // Entries before the first one in the first block: given up, their block not yet.
    private int _skipped;

    /// <summary>Creates an empty list.</summary>
    /// <param name="first">The index of the first entry to come.</param>
    public EntryPlaces(LogIndex first)
    {
        First = first;
    }

    public LogIndex First { get; private set; }

    public long Count { get; private set; }

    public LogIndex Last => First + (Count - 1);

    public bool Contains(LogIndex index) => index >= First && index - First < Count;

    public ref Place this[LogIndex index]
    {
        get
        {
            long offset = index - First + _skipped;
            return ref _blocks[(int)(offset >> BlockBits)][(int)(offset & (BlockLength - 1))];
        }
    }

    public void Add(Place place)
    {
        long offset = _skipped + Count;
        if (offset >> BlockBits == _blocks.Count)
        {
            _blocks.Add(new Place[BlockLength]);
        }

        Count++;
        this[Last] = place;
    }

    public void RemoveLast()
    {
        Count--;
        int used = (int)((_skipped + Count + BlockLength - 1) >> BlockBits);
        if (used < _blocks.Count)
        {
            _blocks.RemoveRange(used, _blocks.Count - used);
        }
    }

    /// <summary>Gives up the places before an index.</summary>
    /// <param name="first">The first index kept; at most one after the last.</param>
    public void RemoveBefore(LogIndex first)
    {
        long removed = first - First;
        long skipped = _skipped + removed;
        int blocks = (int)Math.Min(skipped >> BlockBits, _blocks.Count);
        _blocks.RemoveRange(0, blocks);
        _skipped = (int)(skipped - ((long)blocks << BlockBits));
        First = first;
        Count -= removed;
    }
}

/// <summary>Where an entry lies, and how much payload it has.</summary>
/// <param name="Address">Address of its record; -1 until it is known.</param>
/// <param name="RecordBytes">Length of the record.</param>
/// <param name="PayloadBytes">Length of the entry's payload.</param>
internal readonly record struct Place(long Address, int RecordBytes, int PayloadBytes)
{
    public bool IsKnown => Address >= 0;

    public RecordLocation Location => new(Address, RecordBytes);
}
