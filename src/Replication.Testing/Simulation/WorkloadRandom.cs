using Replication.Testing.Simulation.Randomness;

namespace Replication.Testing.Simulation;

/// <summary>The random numbers of one operation of a client: they follow from the seed and from which operation it is,
/// so that leaving out one operation does not change another.</summary>
/// <remarks>The only source of chance that a workload may use; with any other one a seed does not replay.</remarks>
public sealed class WorkloadRandom
{
    private readonly RandomStream _random;
    private readonly Func<long> _unique;

    internal WorkloadRandom(RandomStream random, int client, Func<long> unique)
    {
        _random = random;
        _unique = unique;
        Client = client;
    }

    /// <summary>Gets the number of the client that asks: from 0 to below the number of clients.</summary>
    public int Client { get; }

    /// <summary>Draws a number.</summary>
    /// <param name="bound">Above it all; at least 1.</param>
    /// <returns>From 0 to below the bound.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The bound is below 1.</exception>
    public int Below(int bound)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bound, 1);
        return _random.Below(bound);
    }

    /// <summary>Says yes with a probability.</summary>
    /// <param name="probability">From 0, never, to 1, always.</param>
    /// <returns>Whether it is yes.</returns>
    public bool Chance(double probability) => _random.Chance(probability);

    /// <summary>Gets a number that nobody else gets in this run: for values that checkers must tell apart.</summary>
    /// <returns>A positive number that follows from the operation, too.</returns>
    public long Unique() => _unique();
}
