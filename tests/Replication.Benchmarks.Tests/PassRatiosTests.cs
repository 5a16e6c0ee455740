using Replication.Load;
using Replication.Load.Measuring;

namespace Replication.Benchmarks.Tests;

public class PassRatiosTests
{
    [Fact]
    public void Each_pass_of_a_system_is_divided_by_the_same_pass_of_the_other()
    {
        SortedDictionary<string, SystemReport> systems = new(StringComparer.Ordinal)
        {
            ["Replication"] = Measured((1, 200), (16, 900), (1, 300), (16, 800), (1, 100), (16, 700)),
            ["etcd"] = Measured((1, 100), (16, 300), (1, 100), (16, 400), (1, 200), (16, 700)),
        };

        PassRatios[] ratios = [.. PassRatios.Of(systems)];

        Assert.Equal([1, 16], ratios.Select(r => r.Clients));
        Assert.Equal([0.5, 2, 3], ratios[0].Sorted);
        Assert.Equal([1, 2, 3], ratios[1].Sorted);
        Assert.Equal((2, 2), (ratios[0].Median, ratios[0].Ahead));
        Assert.Equal(("Replication", "etcd", 2), (ratios[1].System, ratios[1].Other, ratios[1].Ahead));
    }

    private static SystemReport Measured(params (int Clients, double PutsPerSecond)[] results)
    {
        SystemReport report = new();
        report.Throughput.AddRange(results.Select(
            r => new ThroughputResult(r.Clients, r.PutsPerSecond, 0, 0, 0, 0, 0)));
        return report;
    }
}
