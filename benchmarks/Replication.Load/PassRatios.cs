namespace Replication.Load;

/// <summary>One system's puts per second by another's, pass by pass.</summary>
internal sealed record PassRatios(string System, string Other, int Clients, double[] Sorted)
{
    public double Median => SystemReport.Median(Sorted);

    /// <summary>Gets in how many passes the system was the faster one.</summary>
    public int Ahead => Sorted.Count(ratio => ratio > 1);

    /// <summary>The first system against each of the others.</summary>
    /// <param name="systems">What was measured; each system was loaded in the same passes.</param>
    public static IEnumerable<PassRatios> Of(SortedDictionary<string, SystemReport> systems)
    {
        (string system, SystemReport first) = systems.First();
        return from other in systems.Skip(1)
               from clients in first.Throughput.Select(r => r.Clients).Distinct().Order()
               let mine = Rates(first, clients)
               let theirs = Rates(other.Value, clients)
               select new PassRatios(system, other.Key, clients, [.. mine.Zip(theirs, (a, b) => a / b).Order()]);
    }

    private static IEnumerable<double> Rates(SystemReport system, int clients) =>
        system.Throughput.Where(r => r.Clients == clients).Select(r => r.PutsPerSecond);
}
