using Replication.Raft;
using Replication.Raft.Messages;
using Replication.Raft.Primitives;
using Replication.Testing.Simulation.Nodes;

namespace Replication.Testing.Simulation.Probes;

/// <summary>The situations of linearizable reads.</summary>
internal sealed class ReadProbes(SimulatedCluster cluster, SimulatedGroup group)
{
    private readonly HashSet<(int Node, int Boots, long ReadId)> _answered = [];
    private readonly (Term Term, long Round)[,] _rounds =
        new (Term Term, long Round)[cluster.Config.Nodes + 1, cluster.Config.Nodes + 1];

    /// <summary>A client's read begins at a node.</summary>
    public void Begins(GroupReplica replica)
    {
        int node = replica.Process.Node.Number;
        RaftStatus status = replica.Group.Raft;
        if (status.Role == RaftRole.Leader)
        {
            if (group.Oracle.TermAt(node, status.CommitIndex.Value) < status.CurrentTerm.Value)
            {
                cluster.Probes.Reached(Probe.ReadBeforeNoOp);
            }

            if (group.Leader is { } leader && leader.RaftOf(group).CurrentTerm > status.CurrentTerm)
            {
                cluster.Probes.Reached(Probe.ReadAtDeposedLeader);
            }
        }

        if (replica.Group.AppliedId.Index.Value < group.Oracle.Committed)
        {
            cluster.Probes.Reached(Probe.ReadOnLaggingNode);
            if (cluster.Nodes[node - 1].Boots > 0 && status.CommitIndex == replica.CheckpointId.Index)
            {
                cluster.Probes.Reached(Probe.ReadDuringReplay);
            }
        }
    }

    /// <summary>An answer to a heartbeat arrives.</summary>
    public void RoundAnswered(SimulatedNode leader, HeartbeatReply reply)
    {
        if (!leader.Leads(group) || reply.Term != leader.RaftOf(group).CurrentTerm)
        {
            return;
        }

        ref (Term Term, long Round) newest = ref _rounds[leader.Number, reply.From.Value];
        if (newest.Term == reply.Term && reply.Round < newest.Round)
        {
            cluster.Probes.Reached(Probe.OldRoundAnswered);
        }
        else
        {
            newest = (reply.Term, reply.Round);
        }
    }

    /// <summary>A leader's answer to a forwarded read arrives.</summary>
    public void IndexAnswered(SimulatedNode reader, ReadIndexReply reply)
    {
        if (!_answered.Add((reader.Number, reader.Boots, reply.ReadId)))
        {
            cluster.Probes.Reached(Probe.ReadAnsweredTwice);
        }
    }
}
