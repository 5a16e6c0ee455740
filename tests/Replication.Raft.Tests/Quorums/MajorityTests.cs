using Replication.Raft.Primitives;
using Replication.Raft.Quorums;

namespace Replication.Raft.Tests.Quorums;

public class MajorityTests
{
    [Fact]
    public void Any_two_majorities_share_a_node()
    {
        for (int voters = 1; voters <= 64; voters++)
        {
            Assert.True(2 * Majority.Of(voters) > voters);
            Assert.True(2 * (Majority.Of(voters) - 1) <= voters);
        }
    }

    [Theory]
    [InlineData(new long[] { 7 }, 7)]
    [InlineData(new long[] { 7, 3 }, 3)]
    [InlineData(new long[] { 9, 3, 5 }, 5)]
    [InlineData(new long[] { 1, 9, 3, 5 }, 3)]
    [InlineData(new long[] { 100, 100, 50, 0, 0 }, 50)]
    [InlineData(new long[] { 0, 0, 0, 9, 9, 9, 9 }, 9)]
    public void A_majority_reached_what_more_than_half_reached(long[] values, long reached)
    {
        Assert.Equal(reached, Majority.Reached(values));
    }

    [Fact]
    public void An_election_is_lost_when_a_majority_cannot_be_had()
    {
        VoteTally votes = new([.. Enumerable.Range(1, 4).Select(id => new RaftVoter(new NodeId(id)))]);
        votes.Note(new NodeId(1), granted: true);
        votes.Note(new NodeId(2), granted: false);
        Assert.False(votes.IsLost);

        votes.Note(new NodeId(3), granted: false);
        Assert.True(votes.IsLost);
        Assert.False(votes.IsWon);
    }
}
