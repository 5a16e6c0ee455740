using Replication.Raft;
using Replication.Raft.Primitives;
using Replication.Testing.Simulation.Nodes;

namespace Replication.Testing.Simulation.Invariants;

/// <summary>Checks what each leader knows of its peers, and that it gives a hand-over up in time.</summary>
internal sealed class LeaderOracle(ClusterOracle oracle, SimulatedCluster cluster)
{
    private readonly LeaderView[] _nodes =
        [.. Enumerable.Range(0, cluster.Config.Nodes + 1).Select(_ => new LeaderView(cluster.Config.Nodes))];

    /// <summary>A leader is asked to hand over, in its next turn.</summary>
    public void TransferAsked(int node) => _nodes[node].IsTransferAsked = true;

    /// <summary>A turn of a leader ended.</summary>
    public void TurnEnded(SimulatedNode node, in RaftStatus status, IReadOnlyList<PeerStatus> peers)
    {
        LeaderView view = _nodes[node.Number];
        if (view.Term != status.CurrentTerm)
        {
            view.Begin(status.CurrentTerm);
        }

        CheckMatches(node.Number, view, peers);
        CheckTransfer(node, view, status.TransferTarget);
    }

    // What a leader takes a follower to hold, the follower has told, and has on disk; it never holds less.
    private void CheckMatches(int node, LeaderView view, IReadOnlyList<PeerStatus> peers)
    {
        for (int i = 0; i < peers.Count; i++)
        {
            int peer = peers[i].Peer.Value;
            long match = peers[i].MatchIndex.Value;
            long before = view.Matches[peer];
            if (match == before)
            {
                continue;
            }

            view.Matches[peer] = match;
            long durable = oracle.LogOf(peer).DurablePeak(view.Term);
            if (match < before || (match > durable && !cluster.Nodes[peer - 1].Disk.IsDamaged))
            {
                oracle.Violate("match-index", $"node {node} leads term {view.Term} and takes node {peer} to match up "
                    + $"to {match}, after {before}; {durable} entries were durable there");
            }
        }
    }

    // Until it gives up, it refuses all writes (thesis section 3.10). A turn that ends one hand-over may begin another,
    // to the same node.
    private void CheckTransfer(SimulatedNode node, LeaderView view, NodeId target)
    {
        Instant now = node.Clock.Now(cluster.Now);
        if (target != view.Target || view.IsTransferAsked)
        {
            view.IsTransferAsked = false;
            (view.Target, view.TargetSince) = (target, now);
        }
        else if (!target.IsNone && now > view.TargetSince
            + TimeSpan.FromMilliseconds(cluster.Config.ElectionTimeoutMaxMilliseconds))
        {
            oracle.Violate("transfer-overdue",
                $"node {node.Number} still hands term {view.Term} over to {target}, begun at {view.TargetSince}");
        }
    }

    private sealed class LeaderView(int nodes)
    {
        public Term Term { get; private set; }

        public long[] Matches { get; } = new long[nodes + 1];

        public NodeId Target { get; set; }

        public Instant TargetSince { get; set; }

        public bool IsTransferAsked { get; set; }

        public void Begin(Term term)
        {
            Term = term;
            Array.Clear(Matches);
            Target = NodeId.None;
        }
    }
}
