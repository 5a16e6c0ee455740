using System.Numerics;

namespace Replication.Testing.Simulation.Randomness;

/// <summary>A stream of random numbers that follows from a seed, a purpose and a number alone.</summary>
/// <remarks>
/// xoshiro256** by Blackman and Vigna, started from SplitMix64 as its authors advise. Equal on every machine and in
/// every build; not for secrets.
/// </remarks>
internal sealed class RandomStream
{
    private ulong _s0;
    private ulong _s1;
    private ulong _s2;
    private ulong _s3;

    /// <summary>Opens a stream.</summary>
    /// <param name="seed">The seed of the run.</param>
    /// <param name="purpose">What it is for.</param>
    /// <param name="number">Which one of that purpose: a node, a client, a link.</param>
    public RandomStream(ulong seed, RandomPurpose purpose, long number = 0)
    {
        ulong state = Mix(Mix(seed + 0x9E3779B97F4A7C15UL) ^ ((ulong)purpose * 0xD1B54A32D192ED03UL))
            ^ Mix((ulong)number * 0x8CB92BA72F3D8DD7UL);
        _s0 = SplitMix(ref state);
        _s1 = SplitMix(ref state);
        _s2 = SplitMix(ref state);
        _s3 = SplitMix(ref state);
    }

    /// <summary>Gets the next 64 bits.</summary>
    public ulong Next()
    {
        ulong result = BitOperations.RotateLeft(_s1 * 5, 7) * 9;
        ulong t = _s1 << 17;
        _s2 ^= _s0;
        _s3 ^= _s1;
        _s1 ^= _s2;
        _s0 ^= _s3;
        _s2 ^= t;
        _s3 = BitOperations.RotateLeft(_s3, 45);
        return result;
    }

    /// <summary>Gets a number from 0 to below a bound; the bias is below 2^-32 for the bounds in use here.</summary>
    public long Below(long bound) => (long)Math.BigMul(Next(), (ulong)bound, out _);

    /// <inheritdoc cref="Below(long)"/>
    public int Below(int bound) => (int)Below((long)bound);

    /// <summary>Gets a number from a lower to an upper bound, both included.</summary>
    public long Between(long from, long to) => from + Below(to - from + 1);

    /// <summary>Gets a number between bounds, each power of two about equally often.</summary>
    public long LogBetween(long from, long to) =>
        Math.Clamp((long)Math.Round(from * PortableMath.Pow((double)to / from, Unit())), from, to);

    /// <summary>Gets a number from 0 to below 1.</summary>
    public double Unit() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Says yes with a probability.</summary>
    public bool Chance(double probability) => probability > 0 && Unit() < probability;

    /// <summary>Gets an exponentially distributed number.</summary>
    /// <param name="mean">Its mean.</param>
    public long Exponential(long mean) => (long)(ExponentialTable.Draw(this) * mean);

    /// <summary>Fills bytes.</summary>
    public void Fill(Span<byte> bytes)
    {
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] = (byte)(Next() >> 56);
        }
    }

    private static ulong SplitMix(ref ulong state) => Mix(state += 0x9E3779B97F4A7C15UL);

    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9UL;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EBUL;
        return value ^ (value >> 31);
    }
}
