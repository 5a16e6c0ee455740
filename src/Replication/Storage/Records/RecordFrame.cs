using System.Buffers.Binary;

namespace Replication.Storage.Records;

/// <summary>What a record holds. The numbers are part of the disk format.</summary>
internal enum RecordKind : byte
{
    /// <summary>Data of the log's owner.</summary>
    Data = 1,

    /// <summary>Nothing: fills up a page or a sector.</summary>
    Filler = 2,
}

/// <summary>
/// The framing of a record: a length, as FasterLog writes it, and our header, which is the begin of FasterLog's
/// payload.
/// </summary>
/// <remarks>
/// Little-endian, at a multiple of 4: length of what follows, itself a multiple of 4 (4 bytes), CRC-32C (4), boot count
/// (4),
/// sequence (8), durable address (8), length of the data (3) and kind (1), the data, zeros up to the length. The
/// checksum covers the record's
/// address, its length, the rest of the header and the data, so that a sector that belongs elsewhere never passes; the
/// zeros are
/// checked as such. The durable address is the one below which everything had been synced when the record was appended:
/// a valid
/// record thereby testifies that whatever is broken below that address was once whole.
/// </remarks>
/// <param name="FrameBytes">From the length to the last zero.</param>
/// <param name="BootCount">The opening of the log in which it was appended.</param>
/// <param name="Sequence">One more than the record before.</param>
/// <param name="DurableAddress">Everything below was durable when it was appended.</param>
/// <param name="Kind">What it holds.</param>
/// <param name="DataBytes">Length of the data.</param>
internal readonly record struct RecordFrame(
    int FrameBytes, int BootCount, long Sequence, long DurableAddress, RecordKind Kind, int DataBytes)
{
    /// <summary>The length in front of each record.</summary>
    public const int LengthBytes = 4;

    /// <summary>The length and our header: where the data begin, and the size of the smallest record.</summary>
    public const int HeaderBytes = 32;

    private const int CrcEnd = 8;

    /// <summary>Gets the size of a record without padding but that to a multiple of 4.</summary>
    public static int SizeOf(int dataBytes) => (HeaderBytes + dataBytes + 3) & ~3;

    /// <summary>
    /// Writes the header, with the checksum over the data, which is given in two parts and not copied.
    /// </summary>
    public void WriteHeader(Span<byte> destination, long address, ReadOnlySpan<byte> head, ReadOnlySpan<byte> body)
    {
        BinaryPrimitives.WriteInt32LittleEndian(destination, FrameBytes - LengthBytes);
        BinaryPrimitives.WriteInt32LittleEndian(destination[8..], BootCount);
        BinaryPrimitives.WriteInt64LittleEndian(destination[12..], Sequence);
        BinaryPrimitives.WriteInt64LittleEndian(destination[20..], DurableAddress);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[28..], (uint)DataBytes | ((uint)Kind << 24));
        uint crc = Crc32C.Append(Crc32C.Append(HeaderSum(destination, address), head), body);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[LengthBytes..], ~crc);
    }

    /// <summary>Writes the whole record: header, data, zeros.</summary>
    public void WriteTo(Span<byte> destination, long address, ReadOnlySpan<byte> head, ReadOnlySpan<byte> body)
    {
        WriteHeader(destination, address, head, body);
        head.CopyTo(destination[HeaderBytes..]);
        body.CopyTo(destination[(HeaderBytes + head.Length)..]);
        destination[(HeaderBytes + DataBytes)..FrameBytes].Clear();
    }

    /// <summary>
    /// Copies the data of a record out, if it is a record of data of exactly that length with a valid checksum.
    /// </summary>
    public static bool TryReadData(ReadOnlySpan<byte> source, long address, Span<byte> destination)
    {
        if (!TryReadHeader(source, out RecordFrame frame)
            || frame.Kind != RecordKind.Data
            || frame.DataBytes != destination.Length
            || source.Length < HeaderBytes + destination.Length
            || !HasValidSum(source, address, destination.Length))
        {
            return false;
        }

        source.Slice(HeaderBytes, destination.Length).CopyTo(destination);
        return true;
    }

    /// <summary>Reads a header and checks all of the record.</summary>
    /// <param name="source">From the record's first byte to the end of its page, at most.</param>
    /// <param name="address">Where it claims to be.</param>
    /// <param name="frame">The record, if it is whole.</param>
    /// <returns>Whether it is whole.</returns>
    public static bool TryRead(ReadOnlySpan<byte> source, long address, out RecordFrame frame)
    {
        if (!TryReadHeader(source, out frame) || frame.FrameBytes > source.Length)
        {
            return false;
        }

        return HasValidSum(source, address, frame.DataBytes)
            && !source[(HeaderBytes + frame.DataBytes)..frame.FrameBytes].ContainsAnyExcept((byte)0);
    }

    /// <summary>Reads a header as far as its values fit together; nothing is known of their truth.</summary>
    public static bool TryReadHeader(ReadOnlySpan<byte> source, out RecordFrame frame)
    {
        frame = default;
        if (source.Length < HeaderBytes)
        {
            return false;
        }

        int length = BinaryPrimitives.ReadInt32LittleEndian(source);
        uint packed = BinaryPrimitives.ReadUInt32LittleEndian(source[28..]);
        frame = new RecordFrame(
            unchecked(length + LengthBytes),
            BinaryPrimitives.ReadInt32LittleEndian(source[8..]),
            BinaryPrimitives.ReadInt64LittleEndian(source[12..]),
            BinaryPrimitives.ReadInt64LittleEndian(source[20..]),
            (RecordKind)(packed >> 24),
            (int)(packed & 0xFFFFFF));
        return length >= HeaderBytes - LengthBytes
            && length <= int.MaxValue - LengthBytes
            && length % LengthBytes == 0
            && frame.BootCount > 0
            && frame.Sequence > 0
            && frame.Kind is RecordKind.Data or RecordKind.Filler
            && frame.DataBytes <= length - (HeaderBytes - LengthBytes);
    }

    private static bool HasValidSum(ReadOnlySpan<byte> source, long address, int dataBytes) =>
        ~Crc32C.Append(HeaderSum(source, address), source.Slice(HeaderBytes, dataBytes))
        == BinaryPrimitives.ReadUInt32LittleEndian(source[LengthBytes..]);

    private static uint HeaderSum(ReadOnlySpan<byte> header, long address)
    {
        Span<byte> place = stackalloc byte[sizeof(long) + LengthBytes];
        BinaryPrimitives.WriteInt64LittleEndian(place, address);
        header[..LengthBytes].CopyTo(place[sizeof(long)..]);
        return Crc32C.Append(Crc32C.Append(~0u, place), header[CrcEnd..HeaderBytes]);
    }
}
