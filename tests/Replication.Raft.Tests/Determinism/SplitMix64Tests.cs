using Replication.Raft.Determinism;

namespace Replication.Raft.Tests.Determinism;

public class SplitMix64Tests
{
    // The published reference outputs for the seed 1234567.
    [Fact]
    public void It_gives_the_reference_numbers()
    {
        SplitMix64 random = new(1234567);

        Assert.Equal(6457827717110365317UL, random.Next());
        Assert.Equal(3203168211198807973UL, random.Next());
        Assert.Equal(9817491932198370423UL, random.Next());
    }

    [Fact]
    public void Numbers_below_a_bound_reach_all_of_it_and_no_more()
    {
        SplitMix64 random = new(1);
        HashSet<long> drawn = [];
        for (int draw = 0; draw < 1_000; draw++)
        {
            drawn.Add(random.NextBelow(7));
        }

        Assert.Equal([0, 1, 2, 3, 4, 5, 6], drawn.Order());
    }
}
