using Replication.Raft.Messages;
using Replication.Raft.Primitives;

namespace Replication.Raft.Roles;

/// <summary>How a node stands for election (paper §5.2; thesis §9.6 pre-vote, §3.10 on a leader's request).</summary>
internal sealed class CandidateRules(RaftState state, LeaderRules leader)
{
    /// <summary>Asks whether an election could be won; no term changes.</summary>
    public void StartPreVote()
    {
        state.BecomeElectionRole(RaftRole.PreCandidate);
        state.Votes.Note(state.Self, granted: true);
        if (state.Votes.IsWon)
        {
            StartElection(isLeadershipTransfer: false);
            return;
        }

        foreach (var peer in state.Peers.All)
        {
            state.Outbox.Send(NewRequest(peer.Id, state.CurrentTerm.Next()) with { IsPreVote = true });
        }
    }

    /// <summary>Stands for election in the next term.</summary>
    /// <param name="isLeadershipTransfer">Whether the leader asked for it.</param>
    public void StartElection(bool isLeadershipTransfer)
    {
        state.EnterTerm(state.CurrentTerm.Next(), votedFor: state.Self);
        state.BecomeElectionRole(RaftRole.Candidate);
        foreach (var peer in state.Peers.All)
        {
            // The candidate's own vote must be durable before anyone can count it (thesis §3.8).
            state.Outbox.SendAfterPersist(
                NewRequest(peer.Id, state.CurrentTerm) with { IsLeadershipTransfer = isLeadershipTransfer });
        }
    }

    /// <summary>Counts an answer.</summary>
    /// <param name="reply">The answer, of the current term; for a granted pre-vote of the term asked for.</param>
    public void OnVoteReply(RequestVoteReply reply)
    {
        RaftRole counting = reply.IsPreVote ? RaftRole.PreCandidate : RaftRole.Candidate;
        if (state.Role != counting)
        {
            return;
        }

        Term asked = reply.IsPreVote ? state.CurrentTerm.Next() : state.CurrentTerm;
        if (reply.Granted && reply.Term != asked)
        {
            return;
        }

        state.Votes.Note(reply.From, reply.Granted);
        if (state.Votes.IsLost)
        {
            state.BecomeFollower(NodeId.None);
        }
        else if (state.Role == RaftRole.PreCandidate && state.Votes.IsWon)
        {
            StartElection(isLeadershipTransfer: false);
        }
        else
        {
            LeadIfWon();
        }
    }

    /// <summary>Counts the candidate's own vote once it is durable.</summary>
    public void OnPersisted()
    {
        if (state.Role == RaftRole.Candidate && state.Outbox.IsHardStateDurable)
        {
            state.Votes.Note(state.Self, granted: true);
            LeadIfWon();
        }
    }

    private void LeadIfWon()
    {
        // Without its own vote the term isn't known to be durable here, and a leader's messages may leave at once.
        if (state.Role == RaftRole.Candidate && state.Votes.IsWon && state.Votes.HasGrant(state.Self))
        {
            leader.Lead();
        }
    }

    private RequestVote NewRequest(NodeId to, Term term) => new()
    {
        From = state.Self,
        To = to,
        Term = term,
        LastLogId = state.Log.Last,
    };
}
