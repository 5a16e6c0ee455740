using Replication.Raft.Inputs;
using Replication.Raft.Invariants;
using Replication.Raft.Messages;
using Replication.Raft.Primitives;
using Replication.Raft.Progress;

namespace Replication.Raft.Roles;

/// <summary>How a leader replicates and commits (paper §5.3, §5.4).</summary>
internal sealed class LeaderRules(RaftState state)
{
    private readonly Replicator _replicator = new(state);
    private readonly LeaderReads _reads = new(state);
    private readonly HandOver _handOver = new(state);
    private Instant _heartbeatAt;
    private Instant _quorumCheckAt;
    private Instant _tellCommitAt = Instant.Never;
    private LogIndex _noOp;

    /// <summary>Gets when the leader has something to do by the clock.</summary>
    public Instant Deadline => Instant.Min(
        Instant.Min(Instant.Min(_heartbeatAt, _quorumCheckAt), _tellCommitAt),
        Instant.Min(state.Transfer.Deadline, state.Reads.Deadline));

    /// <summary>Takes the lead of the current term with a no-op, by which everything before it is committed.</summary>
    /// <remarks>Paper §8; thesis §6.4.</remarks>
    public void Lead()
    {
        state.BecomeLeader();
        Instant now = state.Now;
        _heartbeatAt = now + state.Config.HeartbeatInterval;
        _quorumCheckAt = now + state.Config.ElectionTimeoutMax;
        _tellCommitAt = Instant.Never;
        foreach (PeerProgress peer in state.Peers.All)
        {
            peer.Reset(state.Log.LastIndex.Next(), now);
        }

        state.Log.Append(new EntryHeader(state.CurrentTerm, EntryKind.NoOp, 0));
        _noOp = state.Log.LastIndex;
        _reads.Begin(_noOp);
        _handOver.Begin();
        state.Outbox.PersistEntries(_noOp, _noOp);
        _replicator.SendToAll();
    }

    /// <summary>
    /// Appends proposed entries and sends them at once: the leader's own disk works beside the network.
    /// </summary>
    /// <param name="proposal">The proposal.</param>
    /// <remarks>Thesis §10.2.1.</remarks>
    public void OnPropose(Propose proposal)
    {
        if (!state.Transfer.Target.IsNone)
        {
            state.Outbox.Output.Proposal = ProposalResult.TransferInProgress;
            return;
        }

        LogIndex first = state.Log.LastIndex.Next();
        foreach (EntryHeader entry in proposal.Entries.Span)
        {
            state.Log.Append(entry with { Term = state.CurrentTerm });
        }

        state.Outbox.PersistEntries(first, state.Log.LastIndex);
        state.Outbox.Output.Proposal = ProposalResult.Accepted;
        _replicator.SendToAll();
    }

    /// <summary>Counts the leader's own disk.</summary>
    public void OnPersisted() => Commit();

    /// <summary>Takes a follower's answer to entries.</summary>
    /// <param name="reply">The answer, of the current term.</param>
    /// <param name="peer">The follower.</param>
    public void OnAppendEntriesReply(AppendEntriesReply reply, PeerProgress peer)
    {
        peer.HeardAt = state.Now;
        if (reply.Success)
        {
            Invariant.Check(reply.MatchIndex <= state.Log.LastIndex, "a follower matches no more than was sent");
            if (peer.Matched(reply.MatchIndex, state.Now))
            {
                Commit();
            }
        }
        else
        {
            _replicator.BackOff(reply, peer);
        }

        _replicator.Send(peer);
        _handOver.AskIfCaughtUp();
    }

    /// <summary>Takes a follower's answer to a heartbeat.</summary>
    /// <param name="reply">The answer, of the current term.</param>
    /// <param name="peer">The follower.</param>
    public void OnHeartbeatReply(HeartbeatReply reply, PeerProgress peer)
    {
        peer.HeardAt = state.Now;
        peer.RoundAnswered = Math.Max(peer.RoundAnswered, reply.Round);
        _replicator.Retry(peer);
        ServeReads();
    }

    /// <summary>Takes a read.</summary>
    /// <param name="readId">Its number, given by <paramref name="from"/>.</param>
    /// <param name="from">The node that reads.</param>
    public void OnReadRequested(long readId, NodeId from)
    {
        _reads.Add(readId, from);
        ServeReads();
    }

    /// <summary>Begins to hand leadership over.</summary>
    /// <param name="target">The node; none picks the most up-to-date voter.</param>
    public void OnTransferLeadership(NodeId target)
    {
        _handOver.Begin(target);
        if (state.Peers.Find(state.Transfer.Target) is { } peer)
        {
            _replicator.Send(peer);
        }
    }

    /// <summary>Corrects what is in flight.</summary>
    /// <param name="sent">What the driver really sent.</param>
    public void OnEntriesSent(EntriesSent sent)
    {
        if (state.Peers.Find(sent.To) is { } peer)
        {
            peer.EntriesShortened(sent.LastIndex);
            _replicator.Send(peer);
        }
    }

    /// <summary>Does what is due.</summary>
    public void OnTimePassed()
    {
        if (_quorumCheckAt <= state.Now && !HasQuorum())
        {
            // Nobody may be left to hear this leader; its clients should look for another (thesis §6.2).
            state.BecomeFollower(NodeId.None);
            return;
        }

        _handOver.GiveUpIfDue();
        _reads.FailExpired();
        if (_tellCommitAt <= state.Now)
        {
            _tellCommitAt = Instant.Never;
            TellCommit();
        }

        if (_heartbeatAt <= state.Now)
        {
            SendHeartbeats();
            _handOver.PreferHigherPriority(_noOp);
        }
    }

    private bool HasQuorum()
    {
        _quorumCheckAt = state.Peers.HeardFromMajority(state.Now) + state.Config.ElectionTimeoutMax;
        return _quorumCheckAt > state.Now;
    }

    private void SendHeartbeats()
    {
        _reads.SendRound();
        _heartbeatAt = state.Now + state.Config.HeartbeatInterval;
    }

    private void ServeReads()
    {
        if (_reads.NeedsRound)
        {
            SendHeartbeats();
        }

        _reads.Serve();
    }

    // Paper §5.4.2: only entries of the leader's own term are committed by counting; those before them follow.
    private void Commit()
    {
        LogIndex own = state.Ledger.DurableIndex;
        LogIndex reached = state.Peers.MatchedByMajority(own);
        bool rose = reached > state.CommitIndex
            && state.Log.TermAt(reached) == state.CurrentTerm
            && state.CommitTo(reached);

        LogIndex everywhere = state.Peers.MatchedByAll(own);
        state.RaiseFloor(LogIndex.Min(everywhere, state.CommitIndex));
        state.Log.ForgetSizesTo(everywhere);
        if (rose)
        {
            // Entries that follow soon tell the commit index by the way; only if none do, a message of its own goes.
            _tellCommitAt = Instant.Min(_tellCommitAt, state.Now + (state.Config.HeartbeatInterval / 10));
            ServeReads();
        }
    }

    private void TellCommit()
    {
        foreach (PeerProgress peer in state.Peers.All)
        {
            if (peer.CommitTold < LogIndex.Min(state.CommitIndex, peer.MatchIndex))
            {
                _reads.TellCommit(peer);
            }
        }
    }
}
