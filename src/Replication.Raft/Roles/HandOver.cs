using Replication.Raft.Messages;
using Replication.Raft.Primitives;
using Replication.Raft.Progress;

namespace Replication.Raft.Roles;

/// <summary>
/// How a leader gives its office to another node (thesis §3.10), on request or to one of higher priority.
/// </summary>
internal sealed class HandOver(RaftState state)
{
    /// <summary>A leader hands over by priority at most once in this many election timeouts, so that a node which
    /// can't keep the office doesn't get it over and over.</summary>
    private const int PriorityPauseTimeouts = 10;

    private Instant _priorityAllowedAt;

    /// <summary>Starts over as a new leader: it stays for one election timeout at least.</summary>
    public void Begin()
    {
        Instant settled = state.Now + state.Config.ElectionTimeoutMax;
        _priorityAllowedAt = settled > _priorityAllowedAt ? settled : _priorityAllowedAt;
    }

    /// <summary>Begins a hand-over; proposals are refused until it ends.</summary>
    /// <param name="target">The node; none picks the most up-to-date voter that is active.</param>
    public void Begin(NodeId target)
    {
        NodeId chosen = target.IsNone ? MostUpToDate() : target;
        if (chosen.IsNone || chosen == state.Self || chosen == state.Transfer.Target)
        {
            return;
        }

        state.Transfer.Begin(chosen, state.Now + state.Config.ElectionTimeoutMax);
        AskIfCaughtUp();
    }

    /// <summary>Asks the target to stand for election once it holds the whole log.</summary>
    public void AskIfCaughtUp()
    {
        if (state.Transfer.IsAsked
            || state.Peers.Find(state.Transfer.Target) is not { } peer
            || peer.MatchIndex < state.Log.LastIndex)
        {
            return;
        }

        state.Transfer.IsAsked = true;
        state.Outbox.Send(new TimeoutNow { From = state.Self, To = peer.Id, Term = state.CurrentTerm });
    }

    /// <summary>Takes proposals again if the target didn't take over within an election timeout.</summary>
    public void GiveUpIfDue()
    {
        if (state.Transfer.Deadline <= state.Now)
        {
            state.Transfer.Clear();
        }
    }

    /// <summary>Hands over to a voter of higher priority that is active and close behind.</summary>
    /// <param name="noOp">The first entry of this leader's term.</param>
    public void PreferHigherPriority(LogIndex noOp)
    {
        if (!state.Transfer.Target.IsNone || state.Now < _priorityAllowedAt || state.CommitIndex < noOp)
        {
            return;
        }

        NodeId chosen = NodeId.None;
        int priority = OwnPriority();
        foreach (PeerProgress peer in state.Peers.All)
        {
            bool isCaughtUp = peer.Mode == ProgressMode.Replicate && peer.MatchIndex >= state.CommitIndex;
            if (peer.Priority > priority && isCaughtUp && IsActive(peer))
            {
                chosen = peer.Id;
                priority = peer.Priority;
            }
        }

        if (!chosen.IsNone)
        {
            _priorityAllowedAt = state.Now + (PriorityPauseTimeouts * state.Config.ElectionTimeoutMax);
            Begin(chosen);
        }
    }

    private NodeId MostUpToDate()
    {
        NodeId best = NodeId.None;
        LogIndex match = new(-1);
        foreach (PeerProgress peer in state.Peers.All)
        {
            if (IsActive(peer) && peer.MatchIndex > match)
            {
                best = peer.Id;
                match = peer.MatchIndex;
            }
        }

        return best;
    }

    private bool IsActive(PeerProgress peer) => peer.HeardAt + state.Config.ElectionTimeoutMax > state.Now;

    private int OwnPriority()
    {
        foreach (RaftVoter voter in state.Config.Voters)
        {
            if (voter.Id == state.Self)
            {
                return voter.Priority;
            }
        }

        return 0;
    }
}
