using Replication.Raft.Determinism;
using Replication.Raft.Primitives;

namespace Replication.Raft.Reads;

/// <summary>Reads of a follower that wait for its leader's word (thesis §6.4).</summary>
/// <remarks>
/// On the wire each has a number of its own, counted from a random start, so that an answer to a read of this node's
/// earlier life, or a copy of an answer, never passes for the answer to a later read.
/// </remarks>
internal sealed class ForwardedReads(SplitMix64 random)
{
    private readonly List<Waiting> _waiting = [];
    private long _lastWireId = (long)(random.Next() >> 2);

    /// <summary>Gets when the oldest read fails.</summary>
    public Instant Deadline => _waiting.Count == 0 ? Instant.Never : _waiting[0].Deadline;

    /// <summary>Adds a read.</summary>
    /// <param name="readId">The driver's number.</param>
    /// <param name="deadline">When it fails; never earlier than that of the read before.</param>
    /// <returns>Its number on the wire; null if too many wait.</returns>
    public long? TryAdd(long readId, Instant deadline)
    {
        if (_waiting.Count == ReadIndexQueue.CountMax)
        {
            return null;
        }

        _lastWireId++;
        _waiting.Add(new Waiting(_lastWireId, readId, deadline));
        return _lastWireId;
    }

    /// <summary>Takes the read that an answer belongs to.</summary>
    /// <param name="wireId">The number on the wire.</param>
    /// <returns>The driver's number; null if no such read waits (any more).</returns>
    public long? TryTake(long wireId)
    {
        for (int at = 0; at < _waiting.Count; at++)
        {
            if (_waiting[at].WireId == wireId)
            {
                long readId = _waiting[at].ReadId;
                _waiting.RemoveAt(at);
                return readId;
            }
        }

        return null;
    }

    /// <summary>Fails the reads whose time is over.</summary>
    /// <param name="state">Where the answers go.</param>
    public void FailExpired(RaftState state)
    {
        int expired = 0;
        while (expired < _waiting.Count && _waiting[expired].Deadline <= state.Now)
        {
            state.AnswerOwnRead(_waiting[expired].ReadId, isConfirmed: false, LogIndex.Zero);
            expired++;
        }

        _waiting.RemoveRange(0, expired);
    }

    /// <summary>Fails all reads.</summary>
    /// <param name="state">Where the answers go.</param>
    public void FailAll(RaftState state)
    {
        foreach (Waiting read in _waiting)
        {
            state.AnswerOwnRead(read.ReadId, isConfirmed: false, LogIndex.Zero);
        }

        _waiting.Clear();
    }

    private readonly record struct Waiting(long WireId, long ReadId, Instant Deadline);
}
