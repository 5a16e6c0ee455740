using System.Buffers.Binary;
using System.Globalization;
using Replication.Errors;
using Replication.Raft.Primitives;
using Replication.Storage.Records;

namespace Replication.Storage.Snapshots;

/// <summary>
/// A snapshot file: a header (format, attachment length, term, index, CRC-32C), then chunks (length, CRC-32C, bytes)
/// that together are
/// the attachment and the state, then an empty chunk. Numbers are little-endian. A chunk's checksum covers the header
/// and its number,
/// so that no chunk of another place or file passes for it.
/// </summary>
internal static class SnapshotFileFormat
{
    public const uint Version = 1;
    public const int HeaderBytes = 28;
    public const int ChunkHeadBytes = 8;
    public const int ChunkBytesMax = 64 << 10;

    private const string Suffix = ".snapshot";
    private const string UnfinishedSuffix = ".unfinished";

    public static string NameOf(LogId id) =>
        string.Create(CultureInfo.InvariantCulture, $"{id.Index.Value:x16}-{id.Term.Value:x16}{Suffix}");

    public static string UnfinishedNameOf(LogId id) => NameOf(id) + UnfinishedSuffix;

    public static bool IsSnapshot(string name) => name.EndsWith(Suffix, StringComparison.Ordinal);

    public static bool IsUnfinished(string name) => name.EndsWith(UnfinishedSuffix, StringComparison.Ordinal);

    public static void WriteHeader(Span<byte> header, LogId id, int attachmentBytes)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(header, Version);
        BinaryPrimitives.WriteInt32LittleEndian(header[4..], attachmentBytes);
        BinaryPrimitives.WriteInt64LittleEndian(header[8..], id.Term.Value);
        BinaryPrimitives.WriteInt64LittleEndian(header[16..], id.Index.Value);
        BinaryPrimitives.WriteUInt32LittleEndian(header[24..], Crc32C.Compute(header[..24]));
    }

    /// <exception cref="StorageCorruptedException">It is damaged.</exception>
    /// <exception cref="NewerFormatException">A newer release wrote it.</exception>
    public static void ReadHeader(ReadOnlySpan<byte> header, string path, out LogId id, out int attachmentBytes)
    {
        if (Crc32C.Compute(header[..24]) != BinaryPrimitives.ReadUInt32LittleEndian(header[24..]))
        {
            throw new StorageCorruptedException(path, 0, "the header's checksum doesn't fit. " + WhatToDo);
        }

        uint version = BinaryPrimitives.ReadUInt32LittleEndian(header);
        if (version != Version)
        {
            throw new NewerFormatException(
                $"{path} has format {version}; this release knows {Version}. Upgrade this node.");
        }

        attachmentBytes = BinaryPrimitives.ReadInt32LittleEndian(header[4..]);
        id = new LogId(
            new Term(BinaryPrimitives.ReadInt64LittleEndian(header[8..])),
            new LogIndex(BinaryPrimitives.ReadInt64LittleEndian(header[16..])));
    }

    public static uint ChunkChecksum(ReadOnlySpan<byte> header, long number, ReadOnlySpan<byte> bytes)
    {
        Span<byte> place = stackalloc byte[12];
        BinaryPrimitives.WriteInt64LittleEndian(place, number);
        BinaryPrimitives.WriteInt32LittleEndian(place[8..], bytes.Length);
        return ~Crc32C.Append(Crc32C.Append(Crc32C.Append(~0u, header), place), bytes);
    }

    /// <summary>Gets the last sentence of every report of damage.</summary>
    public static string WhatToDo => "Nothing was changed. " + StorageCorruptedException.WhatToDo;
}
