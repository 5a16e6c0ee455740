using System.Buffers.Binary;
using Replication.Errors;
using Replication.Primitives;
using Replication.Raft.Primitives;
using Replication.Storage.Records;

namespace Replication.Storage.Engine.Checkpoints;

/// <summary>The bytes of a checkpoint file: format version (4 bytes), CRC-32C of the other bytes (4), fixed fields,
/// void ranges, attachment.</summary>
internal static class CheckpointForm
{
    /// <summary>The format of the file and of the records in the value log.</summary>
    public const uint FormatVersion = 1;

    private const int SumOffset = 4;
    private const int BodyOffset = 8;
    private const int FixedBytes = BodyOffset + (7 * sizeof(long)) + (2 * sizeof(int));

    public static byte[] Write(Checkpoint checkpoint)
    {
        byte[] file = new byte[FixedBytes + (checkpoint.Voids.Count * 2 * sizeof(long)) + checkpoint.Attachment.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(file, FormatVersion);
        long[] numbers =
        [
            checkpoint.Sequence, checkpoint.Id.Term.Value, checkpoint.Id.Index.Value, checkpoint.Timestamp.Value,
            checkpoint.EndAddress, checkpoint.LastRecordAddress, checkpoint.LiveKeys,
        ];
        Span<byte> rest = file.AsSpan(BodyOffset);
        foreach (long number in numbers)
        {
            PutLong(ref rest, number);
        }

        BinaryPrimitives.WriteInt32LittleEndian(rest, checkpoint.Voids.Count);
        BinaryPrimitives.WriteInt32LittleEndian(rest[sizeof(int)..], checkpoint.Attachment.Length);
        rest = rest[(2 * sizeof(int))..];
        foreach (AddressRange range in checkpoint.Voids)
        {
            PutLong(ref rest, range.From);
            PutLong(ref rest, range.To);
        }

        checkpoint.Attachment.Span.CopyTo(rest);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(SumOffset), Sum(file));
        return file;
    }

    public static Checkpoint Read(ReadOnlySpan<byte> file, string path)
    {
        if (file.Length < FixedBytes)
        {
            throw new StorageCorruptedException(path, file.Length,
                "the checkpoint ends too early. " + StorageCorruptedException.WhatToDo);
        }

        if (BinaryPrimitives.ReadUInt32LittleEndian(file[SumOffset..]) != Sum(file))
        {
            throw new StorageCorruptedException(path, SumOffset,
                "the checkpoint's checksum is wrong. " + StorageCorruptedException.WhatToDo);
        }

        uint format = BinaryPrimitives.ReadUInt32LittleEndian(file);
        if (format != FormatVersion)
        {
            throw new DataDirectoryException(
                $"{path} has format version {format}; this release reads version {FormatVersion}. Use the release that "
                    + $"wrote it, or a later one.");
        }

        ReadOnlySpan<byte> rest = file[BodyOffset..];
        Checkpoint fixedPart = new()
        {
            Sequence = TakeLong(ref rest),
            Id = new LogId(new Term(TakeLong(ref rest)), new LogIndex(TakeLong(ref rest))),
            Timestamp = new HybridTimestamp(TakeLong(ref rest)),
            EndAddress = TakeLong(ref rest),
            LastRecordAddress = TakeLong(ref rest),
            LiveKeys = TakeLong(ref rest),
        };
        int voids = BinaryPrimitives.ReadInt32LittleEndian(rest);
        int attachment = BinaryPrimitives.ReadInt32LittleEndian(rest[sizeof(int)..]);
        rest = rest[(2 * sizeof(int))..];
        if (voids < 0 || attachment < 0 || (voids * 2L * sizeof(long)) + attachment != rest.Length)
        {
            throw new StorageCorruptedException(path, FixedBytes,
                "the checkpoint's lengths don't fit. " + StorageCorruptedException.WhatToDo);
        }

        AddressRange[] ranges = new AddressRange[voids];
        for (int i = 0; i < voids; i++)
        {
            ranges[i] = new AddressRange(TakeLong(ref rest), TakeLong(ref rest));
        }

        return fixedPart with { Voids = ranges, Attachment = rest.ToArray() };
    }

    private static uint Sum(ReadOnlySpan<byte> file) =>
        ~Crc32C.Append(Crc32C.Append(~0u, file[..SumOffset]), file[BodyOffset..]);

    private static void PutLong(ref Span<byte> rest, long number)
    {
        BinaryPrimitives.WriteInt64LittleEndian(rest, number);
        rest = rest[sizeof(long)..];
    }

    private static long TakeLong(ref ReadOnlySpan<byte> rest)
    {
        long number = BinaryPrimitives.ReadInt64LittleEndian(rest);
        rest = rest[sizeof(long)..];
        return number;
    }
}
