namespace KvProcesses.Workloads;

/// <summary>A small seeded generator of random numbers: equal seeds give equal runs. Not thread-safe.</summary>
/// <param name="seed">Any number.</param>
public sealed class SplitMix64(ulong seed)
{
    private ulong _state = seed;

    /// <summary>Gets the next 64 bits.</summary>
    /// <returns>The bits.</returns>
    public ulong Next()
    {
        _state += 0x9E3779B97F4A7C15;
        return Mix(_state);
    }

    /// <summary>Gets a fraction.</summary>
    /// <returns>At least 0, less than 1.</returns>
    public double NextDouble() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Gets a number in a range.</summary>
    /// <param name="minimum">The lowest.</param>
    /// <param name="maximum">Above the highest.</param>
    /// <returns>The number.</returns>
    public int Next(int minimum, int maximum) => minimum + (int)(Next() % (ulong)(maximum - minimum));

    /// <summary>Scatters a number over all 64 bits.</summary>
    /// <param name="value">The number.</param>
    /// <returns>The bits.</returns>
    public static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
