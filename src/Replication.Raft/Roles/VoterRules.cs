using Replication.Raft.Messages;
using Replication.Raft.Primitives;

namespace Replication.Raft.Roles;

/// <summary>
/// How a node answers requests for its vote, in any role (paper fig. 2 RequestVote; thesis §9.6 pre-vote).
/// </summary>
internal sealed class VoterRules(RaftState state)
{
    /// <summary>Answers a request.</summary>
    /// <param name="request">The request.</param>
    public void OnRequestVote(RequestVote request)
    {
        if (request.IsPreVote)
        {
            AnswerPreVote(request);
            return;
        }

        if (request.Term > state.CurrentTerm)
        {
            if (HearsLeader && !request.IsLeadershipTransfer)
            {
                // Neither term nor vote change while a leader is heard (thesis §4.2.3).
                return;
            }

            state.EnterTerm(request.Term, NodeId.None);
        }

        bool isGranted = request.Term == state.CurrentTerm
            && (state.VotedFor == request.From || (state.VotedFor.IsNone && state.LeaderOfTerm.IsNone))
            && request.LastLogId.IsAtLeastAsUpToDateAs(state.Log.Last);
        RequestVoteReply reply = new()
        {
            From = state.Self,
            To = request.From,
            Term = state.CurrentTerm,
            Granted = isGranted,
        };
        if (!isGranted)
        {
            state.Outbox.Send(reply);
            return;
        }

        state.Vote(request.From);
        state.Clock.Restart(state.Now);

        // A vote that a crash could take back might be given twice (thesis §3.8).
        state.Outbox.SendAfterPersist(reply);
    }

    private bool HearsLeader => state.Role == RaftRole.Leader || state.Clock.HearsLeader(state.Now);

    private void AnswerPreVote(RequestVote request)
    {
        bool isGranted = request.Term > state.CurrentTerm
            && !HearsLeader
            && request.LastLogId.IsAtLeastAsUpToDateAs(state.Log.Last);
        state.Outbox.Send(new RequestVoteReply
        {
            From = state.Self,
            To = request.From,
            Term = isGranted ? request.Term : state.CurrentTerm,
            Granted = isGranted,
            IsPreVote = true,
        });
    }
}
