using Replication.Raft.Messages;
using Replication.Raft.Primitives;
using Replication.Raft.Tests.Clusters;
using static Replication.Raft.Tests.Clusters.SingleCore;

namespace Replication.Raft.Tests.Contract;

/// <summary>Who should lead: a preference, never a condition.</summary>
public class PriorityTests
{
    [Theory]
    [InlineData(new[] { 1, 1, 1 }, 300, 600)]
    [InlineData(new[] { 5, 1, 1 }, 300, 600)]
    [InlineData(new[] { 1, 5, 5 }, 600, 900)]
    [InlineData(new[] { 1, 5, 7 }, 900, 1_200)]
    [InlineData(new[] { 0, 1, 1 }, 1_800, 2_100)]
    [InlineData(new[] { 0, 0, 0 }, 300, 600)]
    public void A_voter_of_lower_priority_waits_longer(int[] priorities, int min, int max)
    {
        for (ulong seed = 0; seed < 50; seed++)
        {
            SingleCore core = SingleCore.Follower(NewConfig(3, seed, priorities), new RaftRecovery());
            Instant start = core.Now;
            TimeSpan timeout = core.Tick().NextDeadline - start;
            Assert.InRange(timeout, TimeSpan.FromMilliseconds(min), TimeSpan.FromMilliseconds(max));
        }
    }

    [Theory]
    [InlineData(2, true)]
    [InlineData(1, false)]
    public void A_settled_leader_hands_over_to_a_higher_priority(int priority, bool isAsked)
    {
        SingleCore core = LeaderWith(priority);

        Assert.Equal(isAsked, Asked(core, timeouts: 2, match: true) > 0);
    }

    [Fact]
    public void A_preferred_voter_that_lags_is_not_asked()
    {
        Assert.Equal(0, Asked(LeaderWith(priority: 2), timeouts: 2, match: false));
    }

    [Fact]
    public void A_preferred_voter_is_asked_once_in_ten_timeouts()
    {
        Assert.Equal(1, Asked(LeaderWith(priority: 2), timeouts: 9, match: true));
        Assert.Equal(2, Asked(LeaderWith(priority: 2), timeouts: 15, match: true));
    }

    private static SingleCore LeaderWith(int priority)
    {
        SingleCore core = SingleCore.Follower(NewConfig(3, 1, [1, 1, priority]), new RaftRecovery());
        core.Stand();
        core.Persist();
        core.Receive(VoteReply(2, term: 1));
        core.Persist();
        core.Receive(Acknowledge(2, term: 1, match: 1));
        return core;
    }

    // Node 3 lives, and takes or doesn't take entries; it never stands.
    private static int Asked(SingleCore core, int timeouts, bool match)
    {
        int asked = 0;
        if (match)
        {
            core.Receive(Acknowledge(3, term: 1, match: 1));
        }

        for (int beat = 0; beat < timeouts * 12; beat++)
        {
            asked += core.Wait(50).Messages.Count(message => message is TimeoutNow { To.Value: 3 });
            core.Receive(BeatReply(2, term: 1, round: 1));
            core.Receive(BeatReply(3, term: 1, round: 1));
        }

        return asked;
    }
}
