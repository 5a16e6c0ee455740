using Replication.Raft.Primitives;
using Replication.Storage.Wal;
using Replication.Testing.Simulation;
using Replication.Testing.Simulation.Invariants;
using Replication.Testing.Simulation.Nodes;

namespace Replication.Simulation.Tests.Parts;

/// <summary>Rule committed-truncated: what a term has committed is voided by nobody who follows that term or a later
/// one.</summary>
public sealed class VoidedEntryTests
{
    private static readonly Term First = new(1);
    private readonly SimulatedCluster _cluster = CommittedCluster.Start();
    private readonly ClusterOracle _oracle;
    private readonly Term _second;
    private readonly int _node;

    // The nodes have gone on to a second term. Their logs are told anew, to an oracle of our own: entries of the first
    // term on all disks, which the second one committed.
    public VoidedEntryTests()
    {
        SimulatedGroup group = _cluster.Groups[0];
        group.Leader!.Kill();
        CommittedCluster.RunUntil(_cluster, () => group.Leader is not null
            && _cluster.Nodes.Count(node => node.IsAlive && node.RaftOf(group).CommitIndex.Value > 1) == 2);
        SimulatedNode follower = _cluster.Nodes.Single(node => node.IsAlive && !node.Leads(group));
        _node = follower.Number;
        _second = follower.RaftOf(group).CurrentTerm;
        _oracle = new ClusterOracle(_cluster, group);
        WalBatch entries = CommittedCluster.Entries(
            _cluster, First, follower.RaftOf(group).LastLogId.Index.Value);
        for (int number = 1; number <= _cluster.Config.Nodes; number++)
        {
            _oracle.Submitted(number, entries.Operations);
            _oracle.Flushing(number);
            _oracle.Flushed(number);
        }

        _oracle.TurnEnded(follower, follower.Process!.Replicas[0]);
        Assert.True(_second > First);
        Assert.True(_oracle.Committed > 0);
        Assert.Null(_cluster.Violation);
    }

    // Seed 1319986 of the sparse profile: a node that was paused followed the first term, and later ones in the same
    // turn, at whose end its core is in the second term.
    [Fact]
    public void A_step_of_an_earlier_term_may_void_what_a_later_term_committed()
    {
        WalBatch step = new();
        step.Truncate(_cluster.Groups[0].Id, new LogIndex(1));

        _oracle.Submitted(_node, step.Operations);

        Assert.Null(_cluster.Violation);
    }

    [Fact]
    public void A_step_of_the_term_that_committed_an_entry_may_not_void_it()
    {
        WalBatch step = new();
        step.SetHardState(_cluster.Groups[0].Id, new HardState(_second, NodeId.None));
        step.Truncate(_cluster.Groups[0].Id, new LogIndex(1));

        _oracle.Submitted(_node, step.Operations);

        Assert.Equal("committed-truncated", _cluster.Violation?.Rule);
    }

    [Fact]
    public void What_was_not_committed_may_be_voided()
    {
        long last = _oracle.Committed;
        WalBatch step = new();
        step.SetHardState(_cluster.Groups[0].Id, new HardState(_second, NodeId.None));
        step.Truncate(_cluster.Groups[0].Id, new LogIndex(last + 1));

        _oracle.Submitted(_node, step.Operations);

        Assert.Null(_cluster.Violation);
    }
}
