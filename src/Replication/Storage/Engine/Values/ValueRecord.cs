using System.Buffers.Binary;
using Replication.Primitives;
using Replication.Raft.Primitives;
using Replication.Storage.Engine.Tree;

namespace Replication.Storage.Engine.Values;

/// <summary>The form of a version in the value log: kind (1 byte), length of the key (4), index (8), timestamp (8),
/// the key, the value.</summary>
/// <remarks>Little-endian. The record log frames and checks it. The format version stands in the checkpoint.</remarks>
/// <param name="IsTombstone">Whether the key was deleted.</param>
/// <param name="KeyBytes">Length of the key.</param>
/// <param name="Index">Index of the entry that wrote it.</param>
/// <param name="Timestamp">Log time of that entry.</param>
internal readonly record struct ValueRecord(bool IsTombstone, int KeyBytes, LogIndex Index, HybridTimestamp Timestamp)
{
    /// <summary>Bytes before the key.</summary>
    public const int HeaderBytes = 21;

    /// <summary>The longest key.</summary>
    public const int KeyBytesMax = 1 << 20;

    private const byte Put = 1;
    private const byte Tombstone = 2;

    /// <summary>Gets the bytes of a version's record.</summary>
    public static int SizeOf(KeyVersion version) => HeaderBytes + version.Key.Length + version.ValueBytes;

    /// <summary>Writes everything but the value.</summary>
    /// <returns>How many bytes.</returns>
    public static int WriteHead(KeyVersion version, Span<byte> destination)
    {
        destination[0] = version.IsTombstone ? Tombstone : Put;
        BinaryPrimitives.WriteInt32LittleEndian(destination[1..], version.Key.Length);
        BinaryPrimitives.WriteInt64LittleEndian(destination[5..], version.Index.Value);
        BinaryPrimitives.WriteInt64LittleEndian(destination[13..], version.Timestamp.Value);
        version.Key.CopyTo(destination[HeaderBytes..]);
        return HeaderBytes + version.Key.Length;
    }

    /// <summary>Reads the part before the key.</summary>
    /// <returns>Whether it makes sense.</returns>
    public static bool TryRead(ReadOnlySpan<byte> payload, out ValueRecord record)
    {
        record = default;
        if (payload.Length < HeaderBytes || payload[0] is not (Put or Tombstone))
        {
            return false;
        }

        record = new ValueRecord(
            payload[0] == Tombstone,
            BinaryPrimitives.ReadInt32LittleEndian(payload[1..]),
            new LogIndex(BinaryPrimitives.ReadInt64LittleEndian(payload[5..])),
            new HybridTimestamp(BinaryPrimitives.ReadInt64LittleEndian(payload[13..])));
        long keyEnd = HeaderBytes + (long)record.KeyBytes;
        return record.KeyBytes is > 0 and <= KeyBytesMax
            && (record.IsTombstone ? payload.Length == keyEnd : payload.Length >= keyEnd);
    }

    /// <summary>Whether a payload is the record of a version.</summary>
    public static bool Matches(ReadOnlySpan<byte> payload, KeyVersion version) =>
        TryRead(payload, out ValueRecord record)
        && record.IsTombstone == version.IsTombstone
        && record.Index == version.Index
        && payload.Length == SizeOf(version)
        && payload.Slice(HeaderBytes, record.KeyBytes).SequenceEqual(version.Key);
}
