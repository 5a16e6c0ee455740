using Replication.Errors;

namespace Replication.Tests.Groups;

public sealed class ReadTests
{
    [Fact]
    public void A_read_on_a_follower_waits_until_what_was_acknowledged_before_it_is_applied_there()
    {
        SteppedCluster cluster = new();
        SteppedNode leader = cluster.ElectLeader();
        cluster.RunFor(0.2);
        SteppedNode slow = cluster.Follower;
        slow.IsFlushStalled = true;
        cluster.Commit(leader, "a");

        TestRead read = slow.Read();
        cluster.RunFor(0.1);
        Assert.Null(read.Position);

        slow.IsFlushStalled = false;
        Assert.True(cluster.RunUntil(() => read.Position is not null, 1));
        Assert.Equal(["a"], read.Seen);
        Assert.Equal(leader.Id, read.Position!.Value.Leader);
    }

    [Fact]
    public void A_read_made_right_after_a_restart_sees_what_was_acknowledged_before()
    {
        SteppedCluster cluster = new();
        SteppedNode leader = cluster.ElectLeader();
        cluster.Commit(leader, "a");
        foreach (SteppedNode node in cluster.Nodes)
        {
            cluster.Kill(node);
            node.Start();
        }

        TestRead[] reads = [.. cluster.Nodes.Select(node => node.Read())];

        Assert.True(cluster.RunUntil(() => reads.All(read => read.Position is not null), 4));
        Assert.All(reads, read => Assert.Equal(["a"], read.Seen));
    }

    [Fact]
    public void An_isolated_leader_answers_no_read()
    {
        SteppedCluster cluster = new();
        SteppedNode old = cluster.ElectLeader();
        cluster.RunFor(0.2);
        cluster.Isolate(old);

        TestRead read = old.Read();
        cluster.RunFor(5.5);

        Assert.Null(read.Position);
        Assert.IsType<QuorumUnavailableException>(read.Error);
    }

    [Fact]
    public void A_read_that_waited_through_an_election_is_answered()
    {
        SteppedCluster cluster = new();
        SteppedNode leader = cluster.ElectLeader();
        cluster.Commit(leader, "a");
        SteppedNode follower = cluster.Follower;
        cluster.Kill(leader);

        TestRead read = follower.Read();

        Assert.True(cluster.RunUntil(() => read.Position is not null, 4));
        Assert.Equal(["a"], read.Seen);
    }

    [Fact]
    public void Reads_that_wait_together_share_a_round()
    {
        SteppedCluster cluster = new();
        SteppedNode leader = cluster.ElectLeader();
        cluster.RunFor(0.2);
        int lines = cluster.Lines.Count;

        TestRead[] reads = [.. Enumerable.Range(0, 100).Select(_ => leader.Read())];

        Assert.True(cluster.RunUntil(() => reads.All(read => read.Position is not null), 0.04));
        Assert.InRange(cluster.Lines.Skip(lines).Count(line => line.Contains(" Heartbeat {")), 2, 4);
    }
}
