using Replication.Raft.Primitives;
using Replication.Raft.Tests.Clusters;

namespace Replication.Raft.Tests.Contract;

/// <summary>Row 73 of docs/scenarios.md: indexes beyond 32 bits and terms at the end of 64.</summary>
public class BoundaryTests
{
    [Theory]
    [InlineData(int.MaxValue - 2L)]
    [InlineData(uint.MaxValue - 2L)]
    public void A_log_goes_on_past_the_bounds_of_32_bits(long last)
    {
        SingleCore core = Recovered(new LogId(new Term(7), new LogIndex(last)), term: 7);
        core.Stand();
        core.Persist();
        core.Receive(SingleCore.VoteReply(2, 8));
        Assert.Equal(RaftRole.Leader, core.Status.Role);
        core.Persist();

        for (long index = last + 2; index < last + 8; index++)
        {
            core.Propose();
            core.Persist();
            core.Receive(SingleCore.Acknowledge(2, 8, index));
            Assert.Equal(new LogIndex(index), core.Status.CommitIndex);
        }
    }

    [Fact]
    public void A_term_at_the_end_of_its_range_ends_the_elections_and_never_becomes_negative()
    {
        SingleCore core = Recovered(new LogId(new Term(7), new LogIndex(3)), term: long.MaxValue - 1);
        core.Stand();
        core.Persist();
        core.Receive(SingleCore.VoteReply(2, long.MaxValue));
        Assert.Equal((RaftRole.Leader, new Term(long.MaxValue)), (core.Status.Role, core.Status.CurrentTerm));

        SingleCore last = Recovered(new LogId(new Term(7), new LogIndex(3)), term: long.MaxValue);
        Assert.Throws<OverflowException>(() => last.WaitForDeadline());
        Assert.Equal(new Term(long.MaxValue), last.Status.CurrentTerm);
    }

    private static SingleCore Recovered(LogId @base, long term) => SingleCore.Follower(
        SingleCore.NewConfig(voters: 3),
        new RaftRecovery
        {
            HardState = new HardState(new Term(term), NodeId.None),
            Base = @base,
            CommitIndex = @base.Index,
        });
}
