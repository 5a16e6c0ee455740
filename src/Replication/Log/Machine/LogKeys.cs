using System.Buffers.Binary;
using Replication.Storage.Engine;

namespace Replication.Log.Machine;

/// <summary>Where the parts of a log lie in an engine: the bounds under one key, each record under its position,
/// big-endian, so that order is order.</summary>
internal static class LogKeys
{
    public const int RecordKeyBytes = 9;
    public const int BoundsBytes = 3 * sizeof(long);

    private const byte BoundsPrefix = 0;
    private const byte RecordPrefix = 1;

    public static ReadOnlyMemory<byte> Bounds { get; } = new byte[] { BoundsPrefix };

    public static byte[] OfRecord(long position)
    {
        byte[] key = new byte[RecordKeyBytes];
        WriteRecord(key, position);
        return key;
    }

    public static void WriteRecord(Span<byte> key, long position)
    {
        key[0] = RecordPrefix;
        BinaryPrimitives.WriteInt64BigEndian(key[1..], position);
    }

    public static long PositionOf(ReadOnlySpan<byte> key) => BinaryPrimitives.ReadInt64BigEndian(key[1..]);

    /// <summary>Reads the bounds of a log from one state.</summary>
    public static LogBounds ReadBounds(IKeyValueSnapshot snapshot) =>
        snapshot.TryGet(Bounds.Span, out KeyValueRecord record) ? LogBounds.Read(record.Value.Span) : LogBounds.Empty;
}

/// <summary>From where to where a log goes.</summary>
/// <param name="FirstStored">The first record that is still stored; those before <paramref name="First"/> are removed
/// bit by bit.</param>
/// <param name="First">The first position kept.</param>
/// <param name="Next">The position of the next record.</param>
internal readonly record struct LogBounds(long FirstStored, long First, long Next)
{
    public static LogBounds Empty { get; } = new(1, 1, 1);

    public static LogBounds Read(ReadOnlySpan<byte> value) => new(
        BinaryPrimitives.ReadInt64LittleEndian(value),
        BinaryPrimitives.ReadInt64LittleEndian(value[sizeof(long)..]),
        BinaryPrimitives.ReadInt64LittleEndian(value[(2 * sizeof(long))..]));

    public void Write(Span<byte> value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(value, FirstStored);
        BinaryPrimitives.WriteInt64LittleEndian(value[sizeof(long)..], First);
        BinaryPrimitives.WriteInt64LittleEndian(value[(2 * sizeof(long))..], Next);
    }
}
