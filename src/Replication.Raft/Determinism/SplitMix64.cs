namespace Replication.Raft.Determinism;

/// <summary>A seeded source of random numbers: equal seeds give equal sequences on every machine and runtime.</summary>
/// <remarks>Steele, Lea, Flood: "Fast splittable pseudorandom number generators" (2014).</remarks>
internal sealed class SplitMix64(ulong seed)
{
    private ulong _state = seed;

    /// <summary>Copies the stream: both go on with the same numbers.</summary>
    public SplitMix64 Clone() => new(_state);

    /// <summary>Draws 64 bits.</summary>
    public ulong Next()
    {
        _state += 0x9E3779B97F4A7C15;
        ulong mixed = _state;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }

    /// <summary>Draws a number from 0 to just below a bound.</summary>
    /// <param name="bound">The bound, at least 1.</param>
    public long NextBelow(long bound) => (long)Math.BigMul(Next(), (ulong)bound, out _);
}
