using Replication.Raft.Log;
using Replication.Raft.Primitives;

namespace Replication.Raft.Reads;

/// <summary>A read that waits on a leader.</summary>
/// <param name="ReadId">Its number, given by <paramref name="From"/>.</param>
/// <param name="From">The node that reads.</param>
/// <param name="Index">The index to apply first.</param>
/// <param name="Round">The first confirmation round that was sent after the read arrived.</param>
/// <param name="Deadline">When it fails.</param>
internal readonly record struct PendingRead(long ReadId, NodeId From, LogIndex Index, long Round, Instant Deadline);

/// <summary>Reads that wait for the next confirmation of leadership, in order of arrival (thesis §6.4).</summary>
/// <remarks>One round confirms every read that was queued before it was sent; it never confirms a later one.</remarks>
internal sealed class ReadIndexQueue
{
    /// <summary>How many reads wait at most; a further one fails at once.</summary>
    public const int CountMax = 65_536;

    private readonly Ring<PendingRead> _reads = new();

    /// <summary>Gets whether no read waits.</summary>
    public bool IsEmpty => _reads.Count == 0;

    /// <summary>Gets the round that the newest read needs; 0 if none waits.</summary>
    public long NewestRound => _reads.Count == 0 ? 0 : _reads[_reads.Count - 1].Round;

    /// <summary>Gets when the oldest read fails.</summary>
    public Instant Deadline => _reads.Count == 0 ? Instant.Never : _reads[0].Deadline;

    /// <summary>Adds a read.</summary>
    /// <param name="read">The read.</param>
    /// <returns>False if the queue is full.</returns>
    public bool TryAdd(in PendingRead read)
    {
        if (_reads.Count == CountMax)
        {
            return false;
        }

        _reads.Add(read);
        return true;
    }

    /// <summary>Takes the oldest read if a round confirms it.</summary>
    /// <param name="round">The latest confirmed round.</param>
    /// <param name="read">The read.</param>
    public bool TryTakeConfirmed(long round, out PendingRead read) =>
        _reads.Count > 0 && _reads[0].Round <= round ? TryTake(out read) : Nothing(out read);

    /// <summary>Takes the oldest read if its time is over.</summary>
    /// <param name="now">The current moment.</param>
    /// <param name="read">The read.</param>
    public bool TryTakeExpired(Instant now, out PendingRead read) =>
        Deadline <= now ? TryTake(out read) : Nothing(out read);

    /// <summary>Takes the oldest read.</summary>
    /// <param name="read">The read.</param>
    public bool TryTake(out PendingRead read)
    {
        if (_reads.Count == 0)
        {
            return Nothing(out read);
        }

        read = _reads[0];
        _reads.RemoveOldest(1);
        return true;
    }

    private static bool Nothing(out PendingRead read)
    {
        read = default;
        return false;
    }
}
