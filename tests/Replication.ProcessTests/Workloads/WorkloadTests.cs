using System.Diagnostics;
using KvProcesses.Workloads;

namespace Replication.ProcessTests.Workloads;

public sealed class WorkloadTests
{
    [Fact]
    public void Ranks_are_as_popular_as_the_zipfian_distribution_says()
    {
        const int items = 1000;
        const int draws = 200_000;
        ScrambledZipfian zipfian = new(items);
        SplitMix64 random = new(1);
        int[] counts = new int[items];
        for (int i = 0; i < draws; i++)
        {
            counts[zipfian.NextRank(random)]++;
        }

        double zeta = Enumerable.Range(1, items).Sum(i => 1 / Math.Pow(i, 0.99));
        Assert.InRange(counts[0] / (double)draws, 0.95 / zeta, 1.05 / zeta);
        Assert.InRange(counts.Take(10).Sum() / (double)draws, 0.37, 0.42);
        Assert.InRange(counts.Skip(500).Sum() / (double)draws, 0.07, 0.12);
    }

    [Fact]
    public void Popular_items_are_scattered_and_the_hottest_is_known()
    {
        ScrambledZipfian zipfian = new(1000);
        SplitMix64 random = new(1);
        List<int> hot = Enumerable.Range(0, 50_000).Select(_ => zipfian.Next(random))
            .GroupBy(i => i).OrderByDescending(g => g.Count()).Select(g => g.Key).Take(10).ToList();

        Assert.Equal(zipfian.HottestItem, hot[0]);
        Assert.Contains(hot, i => i > 500);
        Assert.Contains(hot, i => i < 500);
    }

    [Fact]
    public void Quantiles_are_right_within_the_width_of_a_bucket()
    {
        LatencyHistogram histogram = new();
        for (int i = 1; i <= 10_000; i++)
        {
            histogram.Add(TimeSpan.FromMicroseconds(i));
        }

        Assert.Equal(10_000, histogram.Count);
        Assert.InRange(histogram.Quantile(0.5).TotalMicroseconds, 5000, 5000 * 1.02);
        Assert.InRange(histogram.Quantile(0.99).TotalMicroseconds, 9900, 9900 * 1.02);
        Assert.Equal(10_000, histogram.Maximum.TotalMicroseconds);
        Assert.Equal(histogram.Maximum, histogram.Quantile(1));
    }

    [Fact]
    public void An_empty_histogram_says_zero_and_huge_durations_fit()
    {
        LatencyHistogram histogram = new();
        Assert.Equal(TimeSpan.Zero, histogram.Quantile(0.99));

        histogram.Add(TimeSpan.FromDays(3650));
        Assert.Equal(TimeSpan.FromDays(3650), histogram.Quantile(0.5));
    }

    [Fact]
    public void An_outage_ends_with_a_write_that_began_when_the_victim_was_gone()
    {
        OutageClock clock = new();
        clock.Acknowledged(1, 2);
        Assert.Null(clock.Duration);

        long second = Stopwatch.Frequency;
        long killed = Stopwatch.GetTimestamp() - second;
        clock.Mark(killed);

        // It began after the signal, but before the victim was gone, which may have answered it.
        long after = Stopwatch.GetTimestamp() + 1;
        clock.Acknowledged(killed + 1, killed + 2);
        clock.Acknowledged(killed + 1, after);
        Assert.Null(clock.Duration);

        clock.Acknowledged(after, killed + (3 * second));
        clock.Acknowledged(after, killed + (9 * second));
        Assert.Equal(TimeSpan.FromSeconds(3), clock.Duration);

        clock.Mark(after);
        Assert.Null(clock.Duration);
    }
}
