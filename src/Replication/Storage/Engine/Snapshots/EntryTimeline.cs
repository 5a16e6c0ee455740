using Replication.Primitives;
using Replication.Raft.Primitives;

namespace Replication.Storage.Engine.Snapshots;

/// <summary>The end of the list of applied entries at one moment: which entry was the last at or before a
/// timestamp.</summary>
/// <param name="Block">The newest block.</param>
/// <param name="Count">How many entries of it belong to this moment.</param>
internal readonly record struct EntryTimeline(EntryTimelineBlock Block, int Count)
{
    /// <summary>Finds the last entry at or before a timestamp that is not below the floor.</summary>
    public (LogId Id, HybridTimestamp Timestamp) At(HybridTimestamp timestamp)
    {
        EntryTimelineBlock block = Block;
        int count = Count;
        while (block.Timestamps[0] > timestamp)
        {
            block = block.Previous
                ?? throw new InvalidOperationException($"No entry is known at or before {timestamp.Value}.");
            count = EntryTimelineBlock.Length;
        }

        int index = Array.BinarySearch(block.Timestamps, 0, count, timestamp);
        index = index < 0 ? ~index - 1 : index;
        return (block.Ids[index], block.Timestamps[index]);
    }
}

/// <summary>Applied entries in order; filled by the owner behind what readers were told of.</summary>
internal sealed class EntryTimelineBlock(EntryTimelineBlock? previous)
{
    public const int Length = 256;

    public LogId[] Ids { get; } = new LogId[Length];

    public HybridTimestamp[] Timestamps { get; } = new HybridTimestamp[Length];

    /// <summary>Gets or sets the entries before; null once no reader can ask for them.</summary>
    public EntryTimelineBlock? Previous { get; set; } = previous;
}

/// <summary>Writes the timeline; for the owner.</summary>
internal sealed class EntryTimelineWriter
{
    private readonly BlockQueue<EntryTimelineBlock> _newer = new();
    private EntryTimelineBlock _newest = new(null);
    private int _count;

    /// <summary>Gets the timeline up to the last entry.</summary>
    public EntryTimeline Current => new(_newest, _count);

    public void Append(LogId id, HybridTimestamp timestamp)
    {
        if (_count == EntryTimelineBlock.Length)
        {
            _newest = new EntryTimelineBlock(_newest);
            _newer.Enqueue(_newest);
            _count = 0;
        }

        _newest.Ids[_count] = id;
        _newest.Timestamps[_count] = timestamp;
        _count++;
    }

    /// <summary>Lets go of what only reads before a floor could need.</summary>
    public void Prune(HybridTimestamp floor)
    {
        while (_newer.TryPeek(out EntryTimelineBlock block) && block.Timestamps[0] <= floor)
        {
            block.Previous = null;
            _newer.Dequeue();
        }
    }
}
