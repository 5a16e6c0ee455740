using Replication.Raft.Primitives;
using Replication.Testing.Simulation.Probes;

namespace Replication.Testing.Simulation.Invariants;

/// <content>Terms, votes and elections.</content>
internal sealed partial class ClusterOracle
{
    private void HardStateSet(int node, NodeView view, HardState state)
    {
        if (state.CurrentTerm < view.Log.HardState.CurrentTerm)
        {
            Violate("monotonic", $"node {node} persists {state} after {view.Log.HardState}");
        }

        CheckVote(node, view, state);
        view.Log.SetHardState(state);
    }

    // The election restriction, paper section 5.4.1: at the moment of the vote, the voter's log is no newer.
    private void CheckVote(int node, NodeView view, HardState state)
    {
        if (state.VotedFor.IsNone || state == view.Log.HardState)
        {
            return;
        }

        long last = view.Log.Last;
        LogId own = new(new Term(view.Log[last].Term), new LogIndex(last));
        int candidate = state.VotedFor.Value;
        if (candidate != node && _asked.TryGetValue((candidate, state.CurrentTerm.Value), out LogId asked)
            && !IsAtLeast(asked, own))
        {
            Violate("election-restriction", $"node {node} votes in term {state.CurrentTerm} for node {candidate}, "
                + $"whose log ends at {asked}, and its own at {own}");
        }
    }

    // Not the method of the product: that is what is checked.
    private static bool IsAtLeast(LogId left, LogId right) =>
        left.Term.Value > right.Term.Value
        || (left.Term.Value == right.Term.Value && left.Index.Value >= right.Index.Value);

    // A vote that never left the node never was one: a power loss may take it back.
    private void Voted(int node, Term term, NodeId candidate)
    {
        if (_nodes[node].Log.DurableVote(term) != candidate)
        {
            Violate("persist-before-send", $"node {node} tells its vote for {candidate} in term {term}, but only "
                + $"{_nodes[node].Log.DurableHardState} is durable");
        }

        if (!_votes.TryAdd((node, term.Value), candidate.Value) && _votes[(node, term.Value)] != candidate.Value)
        {
            Violate("one-vote",
                $"node {node} votes in term {term} for {candidate}, after {_votes[(node, term.Value)]}");
        }
    }

    private void Elected(int node, NodeView view, long term)
    {
        _cluster.Probes.Reached(Probe.ElectionWon);
        _group.Scenarios.Elected(node, term);
        _cluster.Write($"{node} leads term {term}{_cluster.Suffix(_group)}");
        if (!_leaders.TryAdd(term, node) && _leaders[term] != node)
        {
            Violate("election-safety", $"nodes {_leaders[term]} and {node} both lead term {term}");
        }

        long uncommitted = view.Log[view.Commit + 1].Term;
        if (uncommitted > 0 && uncommitted < term)
        {
            _cluster.Probes.Reached(Probe.LeaderWithUncommittedEntries);
        }

        int votes = Enumerable.Range(1, _cluster.Config.Nodes).Count(voter =>
            _nodes[voter].Log.DurableVote(new Term(term)).Value == node);
        if (votes < _cluster.Config.Majority)
        {
            Violate("election-majority", $"node {node} leads term {term}, but only {votes} nodes voted for it");
        }

        long last = _committed.LastBefore(term);
        if (last > 0 && view.Log[last] != _committed[last])
        {
            Violate("leader-completeness", $"node {node} leads term {term} without the committed entry {last}");
        }
    }
}
