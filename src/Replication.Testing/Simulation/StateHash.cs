using System.Buffers.Binary;
using System.Numerics;

namespace Replication.Testing.Simulation;

/// <summary>A 64-bit hash over all that happens in a run, in order; equal runs have equal hashes.</summary>
internal struct StateHash
{
    public ulong Value { get; private set; }

    /// <summary>Hashes bytes.</summary>
    public static ulong Of(ReadOnlySpan<byte> bytes)
    {
        ulong hash = 0xCBF29CE484222325UL ^ (ulong)bytes.Length;
        while (bytes.Length >= sizeof(ulong))
        {
            hash = Mixed(hash, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (byte value in bytes)
        {
            hash = (hash ^ value) * 0x100000001B3UL;
        }

        return Mixed(hash, 0);
    }

    /// <summary>Joins two hashes.</summary>
    public static ulong Mixed(ulong left, ulong right) =>
        BitOperations.RotateLeft((left ^ right) * 0x9E3779B97F4A7C15UL, 29) * 0xBF58476D1CE4E5B9UL;

    /// <summary>Adds a number.</summary>
    public void Add(ulong number) => Value = Mixed(Value, number) + 1;

    /// <summary>Adds a number.</summary>
    public void Add(long number) => Add((ulong)number);
}
