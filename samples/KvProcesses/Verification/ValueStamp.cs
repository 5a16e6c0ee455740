using System.Buffers.Binary;
using System.Numerics;
using KvProcesses.Workloads;

namespace KvProcesses.Verification;

/// <summary>Who wrote a value, as which of its writes: in front of every value, under a checksum over all of
/// it.</summary>
/// <param name="Writer">The writer, unique over all runs that share a store.</param>
/// <param name="Sequence">Number of the write among the writer's own.</param>
public readonly record struct ValueStamp(long Writer, long Sequence)
{
    /// <summary>Size of the smallest value that can carry a stamp.</summary>
    public const int Bytes = 32;

    private const uint Magic = 0x564C4B52;
    private const int ChecksumOffset = 4;

    /// <summary>Makes a value for a key: the stamp, then bytes that follow from it.</summary>
    /// <param name="key">Number of the key; a value that turns up under another key is damaged.</param>
    /// <param name="length">Length of the value in bytes, at least <see cref="Bytes"/>.</param>
    /// <returns>The value.</returns>
    public byte[] ToValue(int key, int length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, Bytes);
        byte[] value = new byte[length];
        BinaryPrimitives.WriteUInt32LittleEndian(value, Magic);
        BinaryPrimitives.WriteInt64LittleEndian(value.AsSpan(8), Writer);
        BinaryPrimitives.WriteInt64LittleEndian(value.AsSpan(16), Sequence);
        BinaryPrimitives.WriteInt32LittleEndian(value.AsSpan(24), key);
        BinaryPrimitives.WriteInt32LittleEndian(value.AsSpan(28), length);
        Fill(value.AsSpan(Bytes));
        BinaryPrimitives.WriteUInt32LittleEndian(value.AsSpan(ChecksumOffset), Checksum(value));
        return value;
    }

    /// <summary>Reads the stamp of a value.</summary>
    /// <param name="key">Number of the key it was read from.</param>
    /// <param name="value">The value.</param>
    /// <param name="stamp">The stamp.</param>
    /// <returns>Whether the value is whole and belongs to the key.</returns>
    public static bool TryRead(int key, ReadOnlySpan<byte> value, out ValueStamp stamp)
    {
        stamp = default;
        if (value.Length < Bytes
            || BinaryPrimitives.ReadUInt32LittleEndian(value) != Magic
            || BinaryPrimitives.ReadInt32LittleEndian(value[24..]) != key
            || BinaryPrimitives.ReadInt32LittleEndian(value[28..]) != value.Length
            || BinaryPrimitives.ReadUInt32LittleEndian(value[ChecksumOffset..]) != Checksum(value))
        {
            return false;
        }

        stamp = new ValueStamp(
            BinaryPrimitives.ReadInt64LittleEndian(value[8..]), BinaryPrimitives.ReadInt64LittleEndian(value[16..]));
        return true;
    }

    private static uint Checksum(ReadOnlySpan<byte> value)
    {
        uint crc = uint.MaxValue;
        ReadOnlySpan<byte> rest = value[8..];
        for (; rest.Length >= 8; rest = rest[8..])
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(rest));
        }

        foreach (byte b in rest)
        {
            crc = BitOperations.Crc32C(crc, b);
        }

        return ~crc;
    }

    private void Fill(Span<byte> payload)
    {
        SplitMix64 random = new((ulong)Writer ^ SplitMix64.Mix((ulong)Sequence));
        for (; payload.Length >= 8; payload = payload[8..])
        {
            BinaryPrimitives.WriteUInt64LittleEndian(payload, random.Next());
        }

        for (int i = 0; i < payload.Length; i++)
        {
            payload[i] = (byte)random.Next();
        }
    }
}
