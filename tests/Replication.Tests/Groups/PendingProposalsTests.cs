using Replication.Groups;
using Replication.Primitives;
using Replication.Raft.Primitives;

namespace Replication.Tests.Groups;

public sealed class PendingProposalsTests
{
    [Fact]
    public void An_entry_of_another_term_at_the_same_index_is_not_the_one_that_was_proposed()
    {
        PendingProposals pending = new();
        TestProposal proposal = new();
        pending.Add(Id(1, 5), proposal);

        Assert.Null(pending.Take(Id(2, 4), out bool isSame));
        Assert.False(isSame);
        Assert.Same(proposal, pending.Take(Id(2, 5), out isSame));
        Assert.False(isSame);
        Assert.True(pending.IsEmpty);

        pending.Add(Id(2, 6), proposal);
        Assert.Same(proposal, pending.Take(Id(2, 6), out isSame));
        Assert.True(isSame);
    }

    [Fact]
    public void A_truncation_ends_what_it_voids_as_indeterminate_and_nothing_before_it()
    {
        PendingProposals pending = new();
        TestProposal[] proposals = [new(), new(), new()];
        for (int i = 0; i < proposals.Length; i++)
        {
            proposals[i].Payload = new byte[10];
            pending.Add(Id(1, 5 + i), proposals[i]);
        }

        pending.Truncate(new LogIndex(6), new NodeId(2));

        Assert.Null(proposals[0].Result);
        Assert.All(proposals[1..], voided =>
        {
            Assert.Equal(WriteOutcome.Indeterminate, voided.Result!.Value.Outcome);
            Assert.Equal(1, voided.Ends);
        });
        Assert.Equal(10, pending.Bytes);
        Assert.Same(proposals[0], pending.Take(Id(1, 5), out bool isSame));
        Assert.True(isSame);
    }

    private static LogId Id(long term, long index) => new(new Term(term), new LogIndex(index));
}
