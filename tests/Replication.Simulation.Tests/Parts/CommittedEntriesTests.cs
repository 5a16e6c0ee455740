using Replication.Testing.Simulation.Invariants;

namespace Replication.Simulation.Tests.Parts;

public sealed class CommittedEntriesTests
{
    private readonly CommittedEntries _committed = new();

    public CommittedEntriesTests()
    {
        _committed.Add(new ShadowEntry(5, 1), 5);
        _committed.Add(new ShadowEntry(5, 2), 7);
    }

    // A node was paused with the votes for term 6 in its inbox, and woke when term 7 had committed an entry of term 5.
    [Fact]
    public void A_late_leader_need_not_have_what_a_later_term_committed()
    {
        Assert.False(_committed.BindLeaderOf(6, 2));
        Assert.Equal(1, _committed.LastBefore(6));
    }

    [Theory]
    [InlineData(7)]
    [InlineData(8)]
    public void The_leader_of_the_term_that_committed_an_entry_has_it_and_so_has_every_later_one(long term)
    {
        Assert.True(_committed.BindLeaderOf(term, 2));
        Assert.True(_committed.BindLeaderOf(term, 1));
    }

    [Fact]
    public void Who_is_elected_has_what_earlier_terms_committed()
    {
        Assert.Equal(0, _committed.LastBefore(5));
        Assert.Equal(1, _committed.LastBefore(7));
        Assert.Equal(2, _committed.LastBefore(8));
    }
}
