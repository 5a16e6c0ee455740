using Replication.Errors;
using Replication.Primitives;
using Replication.Raft.Primitives;
using Replication.Storage.Wal;

namespace Replication.Groups;

/// <summary>The log of one group: the recent tail in memory, what is older read from the write-ahead log.</summary>
/// <remarks>An entry leaves the memory only when its record is durable and its place known.</remarks>
internal sealed class GroupLog
{
    private readonly Func<RecordLocation, LogEntry> _read;
    private readonly EntryRing _recent;
    private readonly EntryPlaces _places;
    private readonly long _cacheBytesMax;

    /// <summary>Takes over what was recovered.</summary>
    /// <param name="recovered">The group's entries on disk.</param>
    /// <param name="read">Reads an entry from the write-ahead log.</param>
    /// <param name="cacheBytesMax">Payload bytes kept in memory.</param>
    public GroupLog(RecoveredGroup recovered, Func<RecordLocation, LogEntry> read, long cacheBytesMax)
    {
        _read = read;
        _cacheBytesMax = cacheBytesMax;
        Base = recovered.Base;
        _places = new EntryPlaces(Base.Index.Next());
        foreach (RecoveredEntry entry in recovered.Entries)
        {
            _places.Add(new Place(entry.Location.Address, entry.Location.Length, entry.PayloadBytes));
            Bytes += entry.PayloadBytes;
            LastTimestamp = Max(LastTimestamp, entry.Timestamp);
        }

        _recent = new EntryRing(_places.Last.Next());
    }

    /// <summary>Gets the last entry given up by compaction.</summary>
    public LogId Base { get; private set; }

    public LogIndex LastIndex => _places.Last;

    /// <summary>Gets the payload bytes of the retained entries.</summary>
    public long Bytes { get; private set; }

    /// <summary>Gets the payload bytes that compaction may give up in time: all but those of the last entry, which
    /// stays.</summary>
    public long GivableBytes => Bytes - (LastIndex > Base.Index ? _places[LastIndex].PayloadBytes : 0);

    /// <summary>Gets the largest timestamp that was ever in this log while this process ran, or was
    /// recovered.</summary>
    public HybridTimestamp LastTimestamp { get; private set; }

    /// <summary>Raises <see cref="LastTimestamp"/> to what a checkpoint holds.</summary>
    /// <param name="timestamp">The checkpoint's log time.</param>
    public void RaiseTimestamp(HybridTimestamp timestamp) => LastTimestamp = Max(LastTimestamp, timestamp);

    public void Append(in LogEntry entry)
    {
        Invariant.Check(entry.Id.Index == LastIndex.Next(), "a log has no gaps");
        _recent.Add(entry);
        _places.Add(new Place(-1, 0, entry.Payload.Length));
        Bytes += entry.Payload.Length;
        LastTimestamp = Max(LastTimestamp, entry.Timestamp);
    }

    /// <summary>Voids the entries from an index on.</summary>
    /// <param name="from">The first one voided; after the base.</param>
    public void Truncate(LogIndex from)
    {
        Invariant.Check(from > Base.Index, "what is compacted was committed and is never voided");
        while (LastIndex >= from)
        {
            Bytes -= _places[LastIndex].PayloadBytes;
            _places.RemoveLast();
            if (_recent.Count > 0)
            {
                _recent.RemoveLast();
            }
        }

        if (_recent.Count == 0)
        {
            _recent.Reset(LastIndex.Next());
        }
    }

    /// <summary>Notes where an entry's record lies; ignored if another entry has taken its index since.</summary>
    /// <param name="index">The entry.</param>
    /// <param name="term">Its term.</param>
    /// <param name="location">Where it lies.</param>
    public void SetLocation(LogIndex index, Term term, RecordLocation location)
    {
        if (_recent.Contains(index) && _recent[index].Id.Term == term)
        {
            ref Place place = ref _places[index];
            place = new Place(location.Address, location.Length, place.PayloadBytes);
        }
    }

    /// <summary>Gets an entry; after the base, at most the last.</summary>
    /// <param name="index">Its index.</param>
    /// <returns>The entry, from memory or disk.</returns>
    public LogEntry Get(LogIndex index)
    {
        if (_recent.Contains(index))
        {
            return _recent[index];
        }

        Invariant.Check(_places.Contains(index), "an entry asked for is in the log");
        LogEntry entry = _read(_places[index].Location);
        Invariant.Check(entry.Id.Index == index, "the write-ahead log gives back the entry that was put there");
        return entry;
    }

    public int PayloadBytes(LogIndex index) => _places[index].PayloadBytes;

    /// <summary>Gets the address of an entry's record.</summary>
    /// <param name="index">The entry; durable.</param>
    /// <returns>The address.</returns>
    public long AddressOf(LogIndex index)
    {
        Place place = _places[index];
        Invariant.Check(place.IsKnown, "a durable entry has a place");
        return place.Address;
    }

    /// <summary>Drops what the memory budget no longer holds.</summary>
    /// <param name="upTo">The last index that may go: durable here and applied.</param>
    public void Evict(LogIndex upTo)
    {
        while (_recent.Bytes > _cacheBytesMax && _recent.Count > 0 && _recent.First <= upTo
            && _places[_recent.First].IsKnown)
        {
            _recent.RemoveFirst();
        }
    }

    /// <summary>Gives up a prefix.</summary>
    /// <param name="newBase">The last entry given up; durable and applied.</param>
    public void Compact(LogId newBase)
    {
        for (LogIndex index = Base.Index.Next(); index <= newBase.Index; index = index.Next())
        {
            Bytes -= _places[index].PayloadBytes;
            if (_recent.Contains(index))
            {
                _recent.RemoveFirst();
            }
        }

        _places.RemoveBefore(newBase.Index.Next());
        Base = newBase;
    }

    private static HybridTimestamp Max(HybridTimestamp left, HybridTimestamp right) => left > right ? left : right;
}
