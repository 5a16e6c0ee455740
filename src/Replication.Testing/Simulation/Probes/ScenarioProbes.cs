using Replication.Raft.Messages;
using Replication.Raft.Primitives;
using Replication.Testing.Simulation.Nodes;
using Replication.Transport;

namespace Replication.Testing.Simulation.Probes;

/// <summary>Notes when a run comes into one of the situations in which others have failed (docs/scenarios.md). It only
/// looks: a run is the same with and without it.</summary>
internal sealed class ScenarioProbes(SimulatedCluster cluster, SimulatedGroup group)
{
    private readonly VoteProbes _votes = new(cluster, group);
    private readonly ReplicationProbes _replication = new(cluster, group);
    private readonly ReadProbes _reads = new(cluster, group);

    /// <summary>A node sends a message.</summary>
    public void Sent(int node, PeerMessage message)
    {
        if (message is RaftPeerMessage { Message: AppendEntries append })
        {
            _replication.Sent(node, append);
        }
    }

    /// <summary>A message arrives at a node that runs.</summary>
    public void Arrived(SimulatedNode receiver, PeerMessage message)
    {
        if (message is not RaftPeerMessage { Message: var raft })
        {
            return;
        }

        NoteAge(receiver, raft);
        switch (raft)
        {
            case RequestVote request:
                _votes.Asked(receiver, request);
                break;
            case RequestVoteReply reply:
                _votes.Answered(receiver, reply);
                break;
            case AppendEntries append:
                _replication.Arrived(receiver, append);
                break;
            case AppendEntriesReply reply:
                _replication.Answered(receiver, reply);
                break;
            case HeartbeatReply reply:
                _reads.RoundAnswered(receiver, reply);
                break;
            case ReadIndexReply reply:
                _reads.IndexAnswered(receiver, reply);
                break;
            default:
                break;
        }
    }

    /// <summary>A node leads a term.</summary>
    public void Elected(int node, long term) => _votes.Elected(new NodeId(node), new Term(term));

    /// <summary>A turn of a node ended.</summary>
    public void TurnEnded(SimulatedNode node, GroupReplica replica)
    {
        _votes.TurnEnded(node, replica);
        _replication.TurnEnded(node, replica);
    }

    /// <summary>A client's linearizable read begins at a node.</summary>
    public void ReadBegins(GroupReplica replica) => _reads.Begins(replica);

    private void NoteAge(SimulatedNode receiver, RaftMessage message)
    {
        long age = receiver.RaftOf(group).CurrentTerm.Value - message.Term.Value;
        if (age > 0)
        {
            cluster.Probes.Reached(Probe.MessageOfEarlierTerm);
        }

        if (age > 1)
        {
            cluster.Probes.Reached(Probe.MessageOfLongAgoTerm);
        }

        if (age > 0 && receiver.Leads(group) && message is HeartbeatReply or AppendEntriesReply)
        {
            cluster.Probes.Reached(Probe.ReplyOfEarlierTermAtLeader);
        }
    }
}
