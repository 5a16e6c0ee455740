using Replication.Raft.Messages;
using Replication.Raft.Primitives;
using Replication.Raft.Progress;
using Replication.Raft.Reads;

namespace Replication.Raft.Roles;

/// <summary>How a leader confirms that it still leads, and serves reads by it (thesis §6.4 ReadIndex).</summary>
internal sealed class LeaderReads(RaftState state)
{
    private long _round;
    private LogIndex _noOp;

    /// <summary>Gets whether a read waits for a round that wasn't sent yet, and none is on its way.</summary>
    public bool NeedsRound =>
        state.Reads.NewestRound > _round && state.Peers.RoundOfMajority(_round) == _round;

    /// <summary>Starts over for a new term.</summary>
    /// <param name="noOp">The first entry of the term.</param>
    public void Begin(LogIndex noOp)
    {
        _round = 0;
        _noOp = noOp;
    }

    /// <summary>Queues a read for a round that is sent after this moment.</summary>
    /// <param name="readId">Its number.</param>
    /// <param name="from">The node that reads.</param>
    public void Add(long readId, NodeId from)
    {
        // Whatever earlier leaders committed lies before the no-op, so that its index covers all of it.
        LogIndex index = LogIndex.Max(state.CommitIndex, _noOp);
        PendingRead read = new(readId, from, index, _round + 1, state.Now + state.Config.ElectionTimeoutMax);
        if (!state.Reads.TryAdd(read))
        {
            state.AnswerRead(read, isConfirmed: false);
        }
    }

    /// <summary>Answers the reads that are confirmed.</summary>
    public void Serve()
    {
        if (state.Reads.IsEmpty || state.CommitIndex < _noOp)
        {
            // Until an entry of its own term is committed, a leader doesn't know what is (thesis §6.4, step 1).
            return;
        }

        long confirmed = state.Peers.RoundOfMajority(_round);
        while (state.Reads.TryTakeConfirmed(confirmed, out PendingRead read))
        {
            if (state.Peers.Find(read.From) is { } reader
                && reader.CommitTold < LogIndex.Min(read.Index, reader.MatchIndex))
            {
                // The reader can't serve before it knows of the commit; the next heartbeat may be far.
                TellCommit(reader);
            }

            state.AnswerRead(read, isConfirmed: true);
        }
    }

    /// <summary>Fails the reads whose time is over.</summary>
    public void FailExpired()
    {
        while (state.Reads.TryTakeExpired(state.Now, out PendingRead read))
        {
            state.AnswerRead(read, isConfirmed: false);
        }
    }

    /// <summary>Starts a confirmation round.</summary>
    public void SendRound()
    {
        _round++;
        foreach (PeerProgress peer in state.Peers.All)
        {
            SendHeartbeat(peer, _round);
        }
    }

    /// <summary>Tells a follower the commit index, and wants no answer: the next round will have one.</summary>
    /// <param name="peer">To whom.</param>
    public void TellCommit(PeerProgress peer) => SendHeartbeat(peer, Heartbeat.NoRound);

    private void SendHeartbeat(PeerProgress peer, long round)
    {
        // It may overtake entries: it names no position that the follower hasn't acknowledged.
        LogIndex commit = LogIndex.Min(state.CommitIndex, peer.MatchIndex);
        peer.CommitTold = LogIndex.Max(peer.CommitTold, commit);
        state.Outbox.Send(new Heartbeat
        {
            From = state.Self,
            To = peer.Id,
            Term = state.CurrentTerm,
            CommitIndex = commit,
            Round = round,
            CompactionFloor = state.CompactionFloor,
        });
    }
}
