using Replication.Raft;
using Replication.Raft.Messages;
using Replication.Raft.Primitives;
using Replication.Testing.Simulation.Nodes;

namespace Replication.Testing.Simulation.Probes;

/// <summary>The situations of replication and commitment.</summary>
internal sealed class ReplicationProbes(SimulatedCluster cluster, SimulatedGroup group)
{
    // A follower that is so many entries behind what is committed is slow.
    private const long FarBehind = 64;
    private readonly (Term Term, long Index)[,] _sent = PerPair(cluster);
    private readonly (Term Term, long Index)[,] _matched = PerPair(cluster);
    private readonly long[] _commits = new long[cluster.Config.Nodes + 1];

    /// <summary>A leader sends entries.</summary>
    public void Sent(int leader, AppendEntries append)
    {
        ref (Term Term, long Index) sent = ref _sent[leader, append.To.Value];
        if (append.Entries.Length > 0 && sent.Term == append.Term && End(append) <= sent.Index)
        {
            cluster.Probes.Reached(Probe.AppendSentAgain);
        }

        long before = sent.Term == append.Term ? sent.Index : 0;
        sent = (append.Term, Math.Max(before, End(append)));
    }

    /// <summary>Entries, or a probe without any, arrive at a follower.</summary>
    public void Arrived(SimulatedNode follower, AppendEntries append)
    {
        RaftStatus status = follower.RaftOf(group);
        if (append.Term < status.CurrentTerm)
        {
            return;
        }

        if (append.CommitIndex < status.CommitIndex)
        {
            cluster.Probes.Reached(Probe.OlderCommitIndex);
        }

        LogIndex previous = append.PrevLogId.Index;
        if (previous > status.LastLogId.Index)
        {
            cluster.Probes.Reached(Probe.AppendAfterGap);
        }
        else if (previous < status.CompactedIndex)
        {
            cluster.Probes.Reached(Probe.AppendBelowBase);
        }
        else if (previous == status.CompactedIndex && previous > LogIndex.Zero)
        {
            cluster.Probes.Reached(Probe.AppendAtBase);
        }

        if (End(append) < status.LastLogId.Index.Value
            && group.Oracle.TermAt(follower.Number, previous.Value) == append.PrevLogId.Term.Value)
        {
            MatchedWithin(status, append);
        }
    }

    /// <summary>An answer to entries arrives.</summary>
    public void Answered(SimulatedNode leader, AppendEntriesReply reply)
    {
        if (!leader.Leads(group) || reply.Term != leader.RaftOf(group).CurrentTerm)
        {
            return;
        }

        ref (Term Term, long Index) matched = ref _matched[leader.Number, reply.From.Value];
        if (matched.Term != reply.Term)
        {
            matched = (reply.Term, 0);
        }

        if (!reply.Success)
        {
            if (reply.RejectedIndex.Value <= matched.Index && matched.Index > 0)
            {
                cluster.Probes.Reached(Probe.RefusalOfMatched);
            }
        }
        else if (reply.MatchIndex.Value < matched.Index)
        {
            cluster.Probes.Reached(Probe.AcknowledgementOutOfOrder);
        }
        else
        {
            matched.Index = reply.MatchIndex.Value;
            NoteEarlierTerm(leader, reply);
        }
    }

    /// <summary>A turn of a node ended.</summary>
    public void TurnEnded(SimulatedNode node, GroupReplica replica)
    {
        RaftStatus status = replica.Group.Raft;
        long commit = status.CommitIndex.Value;
        if (status.Role == RaftRole.Leader && commit > _commits[node.Number])
        {
            foreach (SimulatedNode other in cluster.Nodes)
            {
                (Term term, long index) = _matched[node.Number, other.Number];
                if (other != node && other.IsAlive && term == status.CurrentTerm && index + FarBehind < commit)
                {
                    cluster.Probes.Reached(Probe.CommittedWithoutSlowFollower);
                }
            }
        }

        _commits[node.Number] = commit;
    }

    private static (Term Term, long Index)[,] PerPair(SimulatedCluster cluster) =>
        new (Term Term, long Index)[cluster.Config.Nodes + 1, cluster.Config.Nodes + 1];

    private static long End(AppendEntries append) => append.PrevLogId.Index.Value + append.Entries.Length;

    // It fits, and the follower's log goes on behind it: with what its leader sent since, or with what is dead.
    private void MatchedWithin(in RaftStatus status, AppendEntries append)
    {
        if (status.LastLogId.Term < append.Term)
        {
            cluster.Probes.Reached(Probe.AppendBeforeDeadTail);
        }
        else if (append.Entries.Length > 0)
        {
            cluster.Probes.Reached(Probe.AppendOfOlderPart);
        }

        if (append.CommitIndex.Value > End(append))
        {
            cluster.Probes.Reached(Probe.CommitBeyondMessage);
        }
    }

    // Counting copies would commit it here; only an entry of the leader's own term may.
    private void NoteEarlierTerm(SimulatedNode leader, AppendEntriesReply reply)
    {
        long index = reply.MatchIndex.Value;
        if (index > leader.RaftOf(group).CommitIndex.Value
            && group.Oracle.TermAt(leader.Number, index) < reply.Term.Value
            && group.Oracle.DurableCopies(leader.Number, index) >= cluster.Config.Majority)
        {
            cluster.Probes.Reached(Probe.EarlierTermOnMajority);
        }
    }
}
