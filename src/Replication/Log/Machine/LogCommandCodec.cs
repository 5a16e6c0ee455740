using System.Buffers;
using Replication.Errors;
using Replication.Serialization;
using Replication.StateMachines;

namespace Replication.Log.Machine;

/// <summary>What a command of a log does. Numbers are part of the format.</summary>
internal enum LogCommandKind : byte
{
    /// <summary>Adds the record that follows, raw.</summary>
    Append = 1,

    /// <summary>Gives up the records before the position that follows.</summary>
    Trim = 2,
}

/// <summary>How a command of a log ended. Numbers are part of the format.</summary>
internal enum LogStatus : byte
{
    /// <summary>Done; the record's position follows, or the first position kept.</summary>
    Done = 0,

    /// <summary>The command could not be read; nothing was changed.</summary>
    Malformed = 1,
}

/// <summary>Commands and results of a log: format version and kind, then the record itself, or the position as
/// MessagePack.</summary>
internal static class LogCommandCodec
{
    /// <summary>The first byte of a command.</summary>
    public const byte Version = 1;

    /// <summary>The largest record there can be.</summary>
    public const int RecordBytesMax = 2 << 20;

    private const int HeadBytes = 2;

    public static byte[] AppendPayload(in CommandEnvelope envelope, ReadOnlySpan<byte> record, ExactBufferWriter buffer)
    {
        buffer.Begin(checked(envelope.SizeBytes() + HeadBytes + record.Length));
        var writer = new MessagePackWriter(buffer);
        envelope.Write(ref writer);
        writer.Write(Version);
        writer.Write((byte)LogCommandKind.Append);
        writer.WriteRaw(record);
        writer.Flush();
        return buffer.Take();
    }

    public static byte[] TrimPayload(in CommandEnvelope envelope, long before, ExactBufferWriter buffer)
    {
        buffer.Begin(envelope.SizeBytes() + HeadBytes + MessagePackSize.OfInteger(before));
        var writer = new MessagePackWriter(buffer);
        envelope.Write(ref writer);
        writer.Write(Version);
        writer.Write((byte)LogCommandKind.Trim);
        writer.Write(before);
        writer.Flush();
        return buffer.Take();
    }

    /// <summary>Reads a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="kind">What it does.</param>
    /// <param name="record">The record of an append: part of the command.</param>
    /// <param name="before">The position of a trim.</param>
    /// <returns>False if it is malformed.</returns>
    /// <exception cref="NewerFormatException">A newer release wrote it.</exception>
    public static bool TryRead(
        ReadOnlySpan<byte> command, out LogCommandKind kind, out ReadOnlySpan<byte> record, out long before)
    {
        kind = default;
        record = default;
        before = 0;
        if (command.IsEmpty || command[0] is 0 or > MessagePackCode.FixIntMax)
        {
            return false;
        }

        if (command[0] != Version)
        {
            throw new NewerFormatException(
                $"An entry holds a log command of format {command[0]}; this release knows {Version}. " +
                "Upgrade this node.");
        }

        if (command.Length <= HeadBytes)
        {
            return false;
        }

        kind = (LogCommandKind)command[1];
        record = command[HeadBytes..];
        return kind switch
        {
            LogCommandKind.Append => record.Length <= RecordBytesMax,
            LogCommandKind.Trim => TryReadPosition(record, out before) && before >= 1,
            _ => false,
        };
    }

    public static void WriteResult(IBufferWriter<byte> destination, LogStatus status, long position)
    {
        var writer = new MessagePackWriter(destination);
        writer.Write((byte)status);
        writer.Write(position);
        writer.Flush();
    }

    /// <exception cref="MessagePackSerializationException">It is not a result.</exception>
    public static LogStatus ReadResult(ReadOnlySpan<byte> result, out long position)
    {
        var reader = new MessagePackReader(result);
        var status = (LogStatus)reader.ReadByte();
        position = reader.ReadInt64();
        return status;
    }

    private static bool TryReadPosition(ReadOnlySpan<byte> bytes, out long position)
    {
        position = 0;
        try
        {
            var reader = new MessagePackReader(bytes);
            position = reader.ReadInt64();
            return reader.End;
        }
        catch (MessagePackSerializationException)
        {
            return false;
        }
    }
}
