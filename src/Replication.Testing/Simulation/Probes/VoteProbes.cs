using Replication.Raft;
using Replication.Raft.Messages;
using Replication.Raft.Primitives;
using Replication.Testing.Simulation.Nodes;

namespace Replication.Testing.Simulation.Probes;

/// <summary>The situations of elections and transfers.</summary>
internal sealed class VoteProbes(SimulatedCluster cluster, SimulatedGroup group)
{
    private readonly HashSet<(NodeId Candidate, Term Term)> _handedOver = [];
    private readonly HashSet<(int Candidate, int Boots, NodeId Voter, Term Term)> _votes = [];
    private readonly (int Boots, RaftStatus Status)[] _last = new (int, RaftStatus)[cluster.Config.Nodes + 1];

    /// <summary>A node is asked for its vote, or whether it would give it.</summary>
    public void Asked(SimulatedNode voter, RequestVote request)
    {
        RaftStatus status = voter.RaftOf(group);
        if (request.Term >= status.CurrentTerm && !request.LastLogId.IsAtLeastAsUpToDateAs(status.LastLogId))
        {
            cluster.Probes.Reached(Probe.CandidateWithOlderLog);
        }

        if (request.IsPreVote)
        {
            if (!status.Leader.IsNone && status.Leader != request.From)
            {
                cluster.Probes.Reached(Probe.PreVoteWhileLeaderKnown);
            }
        }
        else if (request.IsLeadershipTransfer)
        {
            _handedOver.Add((request.From, request.Term));
        }

        if (!request.IsPreVote && request.Term == status.CurrentTerm)
        {
            AskedInItsTerm(voter, status.Role, request);
        }
    }

    /// <summary>A node leads a term.</summary>
    public void Elected(NodeId node, Term term)
    {
        if (_handedOver.Contains((node, term)))
        {
            cluster.Probes.Reached(Probe.LeadershipTransferred);
        }
    }

    /// <summary>An answer to a request for a vote arrives.</summary>
    public void Answered(SimulatedNode candidate, RequestVoteReply reply)
    {
        RaftStatus status = candidate.RaftOf(group);
        bool stands = status.Role is RaftRole.PreCandidate or RaftRole.Candidate;
        if (!reply.Granted || !stands)
        {
            return;
        }

        if (reply.IsPreVote)
        {
            if (status.Role == RaftRole.Candidate)
            {
                cluster.Probes.Reached(Probe.PreVoteAtCandidate);
            }
        }
        else if (reply.Term < status.CurrentTerm)
        {
            cluster.Probes.Reached(Probe.VoteOfEarlierElection);
        }
        else if (!_votes.Add((candidate.Number, candidate.Boots, reply.From, reply.Term)))
        {
            cluster.Probes.Reached(Probe.VoteArrivedTwice);
        }
    }

    /// <summary>A turn of a node ended.</summary>
    public void TurnEnded(SimulatedNode node, GroupReplica replica)
    {
        RaftStatus now = replica.Group.Raft;
        (int boots, RaftStatus before) = _last[node.Number];
        _last[node.Number] = (node.Boots, now);
        if (boots != node.Boots || before.Role != RaftRole.Leader || before.CurrentTerm != now.CurrentTerm)
        {
            return;
        }

        // It heard of no later term: it noticed that it hears no majority.
        if (now.Role != RaftRole.Leader)
        {
            cluster.Probes.Reached(Probe.LeaderGaveUpWithoutQuorum);
        }
        else if (!before.TransferTarget.IsNone && now.TransferTarget.IsNone)
        {
            cluster.Probes.Reached(Probe.TransferGivenUp);
        }
    }

    private void AskedInItsTerm(SimulatedNode voter, RaftRole role, RequestVote request)
    {
        if (role == RaftRole.Leader)
        {
            cluster.Probes.Reached(Probe.LeaderAskedForItsTerm);
        }
        else if (role == RaftRole.Candidate)
        {
            cluster.Probes.Reached(Probe.RivalCandidates);
        }

        HardState found = voter.Process!.Replicas[group.Index].Recovered.HardState;
        if (found.CurrentTerm == request.Term && !found.VotedFor.IsNone && found.VotedFor != request.From)
        {
            cluster.Probes.Reached(Probe.VoteAskedAgainAfterRestart);
        }
    }
}
