using Replication.Raft.Primitives;
using Replication.Testing.Simulation;
using Replication.Testing.Simulation.Faults;
using Replication.Testing.Simulation.Subjects;

namespace Replication.Simulation.Tests.Parts;

public sealed class ReadOracleTests
{
    private static readonly LogId Applied = new(new Term(1), new LogIndex(9));
    private SimulatedCluster _cluster = ClusterOf(5);

    [Fact]
    public void A_read_is_not_answered_from_less_than_was_committed_when_it_began()
    {
        Tell(1, 1, (2, 100), (3, 100));
        _cluster.Groups[0].Oracle.Reads.Served(4, Applied, committed: 10, began: 50);

        Assert.Equal("read-index", _cluster.Violation?.Rule);
    }

    [Fact]
    public void A_read_is_answered_when_a_majority_has_followed_one_leader_since_it_began()
    {
        Tell(1, 1, (2, 100), (3, 110));
        _cluster.Groups[0].Oracle.Reads.Served(4, Applied, committed: 9, began: 100);

        Assert.Null(_cluster.Violation);
    }

    [Fact]
    public void What_one_of_the_majority_told_before_the_read_began_does_not_count()
    {
        Tell(1, 1, (2, 99), (3, 110));
        _cluster.Groups[0].Oracle.Reads.Served(4, Applied, committed: 9, began: 100);

        Assert.Equal("read-confirmed", _cluster.Violation?.Rule);
    }

    [Theory]
    [InlineData(2, 1)]
    [InlineData(1, 2)]
    public void Followers_of_two_leaders_or_of_two_terms_are_no_majority_of_one(int leader, long term)
    {
        Tell(1, 1, (4, 110));
        Tell(leader, term, (3, 110));
        _cluster.Groups[0].Oracle.Reads.Served(4, Applied, committed: 9, began: 100);

        Assert.Equal("read-confirmed", _cluster.Violation?.Rule);
    }

    [Fact]
    public void What_was_confirmed_stays_so_when_another_term_begins()
    {
        Tell(1, 1, (2, 110), (3, 110));
        Tell(1, 3, (2, 120));
        _cluster.Groups[0].Oracle.Reads.Served(4, Applied, committed: 9, began: 100);

        Assert.Null(_cluster.Violation);
    }

    [Fact]
    public void A_node_alone_needs_nobody()
    {
        _cluster = ClusterOf(1);
        _cluster.Groups[0].Oracle.Reads.Served(1, Applied, committed: 9, began: 100);

        Assert.Null(_cluster.Violation);
    }

    private void Tell(int leader, long term, params ReadOnlySpan<(int Follower, long At)> told)
    {
        foreach ((int follower, long at) in told)
        {
            _cluster.Groups[0].Oracle.Reads.Followed(leader, new Term(term), follower, at);
        }
    }

    private static SimulatedCluster ClusterOf(int nodes) => new SimulatedCluster(
        new SimulationCase(new SimulationConfig { Seed = 1, Nodes = nodes }, new FaultPlan([])),
        new KeyValueSubject(), null, null);
}
