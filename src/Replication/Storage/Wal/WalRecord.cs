using System.Buffers.Binary;
using Replication.Errors;
using Replication.Primitives;
using Replication.Raft.Primitives;

namespace Replication.Storage.Wal;

/// <summary>The form of an operation as a record: kind (1 byte), group (8), then by kind; little-endian.</summary>
/// <remarks>
/// Hard state: term (8), vote (4). Truncate: index (8). Entry: term (8), index (8), timestamp (8), entry kind (1),
/// payload.
/// Compact: term (8), index (8) of the last entry given up.
/// </remarks>
internal static class WalRecord
{
    /// <summary>The longest head: an entry's.</summary>
    public const int HeadBytesMax = EntryHeadBytes;

    public const int EntryHeadBytes = GroupEnd + 25;

    private const int GroupEnd = 9;

    /// <summary>Writes the head; an entry's payload follows it as the body.</summary>
    /// <returns>The length of the head.</returns>
    public static int WriteHead(in WalOperation operation, Span<byte> destination)
    {
        destination[0] = (byte)operation.Kind;
        BinaryPrimitives.WriteInt64LittleEndian(destination[1..], operation.Group.Value);
        Span<byte> rest = destination[GroupEnd..];
        switch (operation.Kind)
        {
            case WalOperationKind.HardState:
                BinaryPrimitives.WriteInt64LittleEndian(rest, operation.HardState.CurrentTerm.Value);
                BinaryPrimitives.WriteInt32LittleEndian(rest[8..], operation.HardState.VotedFor.Value);
                return GroupEnd + 12;
            case WalOperationKind.Truncate:
                BinaryPrimitives.WriteInt64LittleEndian(rest, operation.Index.Value);
                return GroupEnd + 8;
            case WalOperationKind.Compact:
                WriteLogId(rest, operation.Base);
                return GroupEnd + 16;
            case WalOperationKind.Entry:
                WriteLogId(rest, operation.Entry.Id);
                BinaryPrimitives.WriteInt64LittleEndian(rest[16..], operation.Entry.Timestamp.Value);
                rest[24] = (byte)operation.Entry.Kind;
                return EntryHeadBytes;
            default:
                throw new ArgumentOutOfRangeException(nameof(operation), operation.Kind, "Unknown kind of operation.");
        }
    }

    /// <summary>Reads a record; an entry's payload is what follows <see cref="EntryHeadBytes"/>.</summary>
    /// <exception cref="ReplicationException">It is no operation of this format.</exception>
    public static WalOperation Read(ReadOnlySpan<byte> source)
    {
        if (source.Length < GroupEnd)
        {
            throw Unknown(source);
        }

        var kind = (WalOperationKind)source[0];
        var group = new GroupId(BinaryPrimitives.ReadInt64LittleEndian(source[1..]));
        ReadOnlySpan<byte> rest = source[GroupEnd..];
        return kind switch
        {
            WalOperationKind.HardState when rest.Length == 12 => new WalOperation
            {
                Kind = kind,
                Group = group,
                HardState = new HardState(
                    new Term(BinaryPrimitives.ReadInt64LittleEndian(rest)), new NodeId(
                        BinaryPrimitives.ReadInt32LittleEndian(rest[8..]))),
            },
            WalOperationKind.Truncate when rest.Length == 8 => new WalOperation
            {
                Kind = kind,
                Group = group,
                Index = new LogIndex(BinaryPrimitives.ReadInt64LittleEndian(rest)),
            },
            WalOperationKind.Compact when rest.Length == 16 => new WalOperation { Kind = kind, Group = group,
                Base = ReadLogId(rest) },
            WalOperationKind.Entry when source.Length >= EntryHeadBytes => new WalOperation
            {
                Kind = kind,
                Group = group,
                Entry = new LogEntry(
                    ReadLogId(rest), (EntryKind)rest[24],
                        new HybridTimestamp(BinaryPrimitives.ReadInt64LittleEndian(rest[16..])), default),
            },
            _ => throw Unknown(source),
        };
    }

    private static void WriteLogId(Span<byte> destination, LogId id)
    {
        BinaryPrimitives.WriteInt64LittleEndian(destination, id.Term.Value);
        BinaryPrimitives.WriteInt64LittleEndian(destination[8..], id.Index.Value);
    }

    private static LogId ReadLogId(ReadOnlySpan<byte> source) => new(
        new Term(BinaryPrimitives.ReadInt64LittleEndian(source)), new LogIndex(
            BinaryPrimitives.ReadInt64LittleEndian(source[8..])));

    private static ReplicationException Unknown(ReadOnlySpan<byte> source) => new(
        $"A record of the write-ahead log has kind {(source.IsEmpty ? 0 : source[0])} and {source.Length} bytes, "
            + $"which this release does not know. Use the release that wrote it, or a later one.");
}
