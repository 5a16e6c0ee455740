using Replication.Testing.Simulation.Randomness;

namespace Replication.Simulation.Tests.Parts;

public sealed class RandomStreamTests
{
    [Fact]
    public void A_stream_follows_from_seed_purpose_and_number_alone()
    {
        ulong[] first = Draw(new RandomStream(7, RandomPurpose.Link, 3));

        Assert.Equal(first, Draw(new RandomStream(7, RandomPurpose.Link, 3)));
        Assert.NotEqual(first, Draw(new RandomStream(8, RandomPurpose.Link, 3)));
        Assert.NotEqual(first, Draw(new RandomStream(7, RandomPurpose.Disk, 3)));
        Assert.NotEqual(first, Draw(new RandomStream(7, RandomPurpose.Link, 4)));
    }

    [Fact]
    public void Its_numbers_are_spread_evenly_and_within_their_bounds()
    {
        RandomStream random = new(1, RandomPurpose.Plan);
        int[] counts = new int[10];
        double sum = 0;
        for (int i = 0; i < 100_000; i++)
        {
            counts[random.Below(10)]++;
            sum += random.Exponential(1000);
            Assert.InRange(random.Between(-3, 3), -3, 3);
            Assert.InRange(random.LogBetween(2, 1000), 2, 1000);
            Assert.InRange(random.Unit(), 0, 0.9999999999999999);
        }

        Assert.All(counts, count => Assert.InRange(count, 9_500, 10_500));
        Assert.InRange(sum / 100_000, 980, 1_020);
        Assert.False(random.Chance(0));
        Assert.True(random.Chance(1));
    }

    [Theory]
    [InlineData(0.6931471805599453, 0.5)]
    [InlineData(2.772588722239781, 0.0625)]
    [InlineData(5.545177444479562, 0.00390625)]
    [InlineData(6.238324625039508, 0.001953125)]
    public void As_many_exponential_numbers_are_beyond_a_bound_as_must_be(double bound, double share)
    {
        const int Draws = 1_000_000;
        RandomStream random = new(2, RandomPurpose.Plan);
        int beyond = 0;
        for (int i = 0; i < Draws; i++)
        {
            if (random.Exponential(1_000_000_000) > bound * 1_000_000_000)
            {
                beyond++;
            }
        }

        // Five standard deviations.
        double deviation = Math.Sqrt(Draws * share * (1 - share));
        Assert.InRange(beyond, (Draws * share) - (5 * deviation), (Draws * share) + (5 * deviation));
    }

    private static ulong[] Draw(RandomStream stream) => [.. Enumerable.Range(0, 8).Select(_ => stream.Next())];
}
