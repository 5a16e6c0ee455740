using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;

namespace Replication.Kv.Machine;

/// <summary>Keys by their bytes. The hash is the same in every process, which makes runs repeatable; no result depends
/// on it.</summary>
internal sealed class KeyBytesComparer : IEqualityComparer<ReadOnlyMemory<byte>>
{
    public static KeyBytesComparer Instance { get; } = new();

    public bool Equals(ReadOnlyMemory<byte> x, ReadOnlyMemory<byte> y) => x.Span.SequenceEqual(y.Span);

    public int GetHashCode([DisallowNull] ReadOnlyMemory<byte> obj)
    {
        ReadOnlySpan<byte> bytes = obj.Span;
        ulong hash = 0x9E3779B97F4A7C15UL ^ (uint)bytes.Length;
        while (bytes.Length >= sizeof(ulong))
        {
            hash = Mixed(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (byte value in bytes)
        {
            hash = (hash ^ value) * 0x100000001B3UL;
        }

        return (int)(Mixed(hash) >> 32);
    }

    private static ulong Mixed(ulong value) =>
        BitOperations.RotateLeft(value * 0xBF58476D1CE4E5B9UL, 31) * 0x94D049BB133111EBUL;
}
