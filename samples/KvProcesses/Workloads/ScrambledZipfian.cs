namespace KvProcesses.Workloads;

/// <summary>Draws items so that few are hot: the popularity of ranks is zipfian, and the ranks are scattered over the
/// items.</summary>
/// <remarks>
/// The method of Gray et al., "Quickly generating billion-record synthetic databases" (SIGMOD 1994), with the constant
/// 0.99 that
/// the core workloads of YCSB use. Immutable after construction: callers share one and bring their own random numbers.
/// </remarks>
public sealed class ScrambledZipfian
{
    private const double Theta = 0.99;
    private readonly int _items;
    private readonly double _zeta;
    private readonly double _alpha;
    private readonly double _eta;

    /// <summary>Creates a distribution.</summary>
    /// <param name="items">How many items.</param>
    public ScrambledZipfian(int items)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(items, 1);
        _items = items;
        _zeta = Zeta(items);
        _alpha = 1 / (1 - Theta);
        _eta = (1 - Math.Pow(2.0 / items, 1 - Theta)) / (1 - (Zeta(2) / _zeta));
    }

    /// <summary>Gets the most popular item.</summary>
    public int HottestItem => ItemOf(0);

    /// <summary>Draws an item.</summary>
    /// <param name="random">The random numbers.</param>
    /// <returns>From 0 to the number of items less one.</returns>
    public int Next(SplitMix64 random)
    {
        ArgumentNullException.ThrowIfNull(random);
        return ItemOf(NextRank(random));
    }

    /// <summary>Draws a rank: 0 is the hottest.</summary>
    /// <param name="random">The random numbers.</param>
    /// <returns>From 0 to the number of items less one.</returns>
    public int NextRank(SplitMix64 random)
    {
        ArgumentNullException.ThrowIfNull(random);
        double u = random.NextDouble();
        double uz = u * _zeta;
        if (uz < 1)
        {
            return 0;
        }

        if (uz < 1 + Math.Pow(0.5, Theta))
        {
            return Math.Min(1, _items - 1);
        }

        return Math.Min((int)(_items * Math.Pow((_eta * u) - _eta + 1, _alpha)), _items - 1);
    }

    private int ItemOf(int rank) => (int)(SplitMix64.Mix((ulong)rank + 1) % (ulong)_items);

    private static double Zeta(int items)
    {
        double sum = 0;
        for (int i = 1; i <= items; i++)
        {
            sum += 1 / Math.Pow(i, Theta);
        }

        return sum;
    }
}
