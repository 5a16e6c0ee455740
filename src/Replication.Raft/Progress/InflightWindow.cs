using Replication.Raft.Log;
using Replication.Raft.Primitives;

namespace Replication.Raft.Progress;

/// <summary>
/// The AppendEntries with entries that a peer hasn't answered yet, bounded in messages, entries and bytes.
/// </summary>
internal sealed class InflightWindow(RaftConfig config)
{
    private readonly Ring<Sent> _sent = new();
    private long _entries;
    private long _bytes;

    /// <summary>Gets whether nothing is in flight.</summary>
    public bool IsEmpty => _sent.Count == 0;

    /// <summary>Gets whether no further message may go.</summary>
    public bool IsFull =>
        _sent.Count >= config.InflightMessagesMax
        || _entries >= config.InflightEntriesMax
        || _bytes >= config.InflightBytesMax;

    /// <summary>Gets how many entries may still go.</summary>
    public long EntriesLeft => config.InflightEntriesMax - _entries;

    /// <summary>Gets how many payload bytes may still go.</summary>
    public long BytesLeft => config.InflightBytesMax - _bytes;

    /// <summary>Notes a message.</summary>
    /// <param name="last">The last index in it.</param>
    /// <param name="entries">How many entries it holds.</param>
    /// <param name="bytes">How many payload bytes.</param>
    public void Add(LogIndex last, int entries, long bytes)
    {
        _sent.Add(new Sent(last, entries, bytes));
        _entries += entries;
        _bytes += bytes;
    }

    /// <summary>Frees the messages that an answer covers.</summary>
    /// <param name="match">The last index that is known to have arrived.</param>
    public void FreeTo(LogIndex match)
    {
        while (_sent.Count > 0 && _sent[0].Last <= match)
        {
            _entries -= _sent[0].Entries;
            _bytes -= _sent[0].Bytes;
            _sent.RemoveOldest(1);
        }
    }

    /// <summary>Corrects the newest message: the driver sent fewer entries.</summary>
    /// <param name="last">The last index that was sent.</param>
    /// <returns>False if that isn't inside the newest message.</returns>
    public bool TryShortenNewest(LogIndex last)
    {
        if (_sent.Count == 0)
        {
            return false;
        }

        ref Sent newest = ref _sent[_sent.Count - 1];
        long cut = newest.Last - last;
        if (cut < 0 || cut >= newest.Entries)
        {
            return false;
        }

        newest = newest with { Last = last, Entries = newest.Entries - (int)cut };
        _entries -= cut;
        return true;
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        _sent.Clear();
        _entries = 0;
        _bytes = 0;
    }

    private readonly record struct Sent(LogIndex Last, int Entries, long Bytes);
}
