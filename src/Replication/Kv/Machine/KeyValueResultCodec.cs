using System.Buffers;
using Replication.Raft.Primitives;
using Replication.Serialization;

namespace Replication.Kv.Machine;

/// <summary>
/// The MessagePack form of a command's result: status, then an array with one value per operation (get: nil or
/// [version, value];
/// delete: whether it was there; others: nil), or, if nothing was done, the position that stopped it.
/// </summary>
internal static class KeyValueResultCodec
{
    private static readonly IReadOnlyList<KeyValueOperationResult> OneEmpty =
        Array.AsReadOnly<KeyValueOperationResult>([default]);

    public static void WriteNothing(IBufferWriter<byte> destination)
    {
        var writer = new MessagePackWriter(destination);
        writer.WriteNil();
        writer.Flush();
    }

    public static void WriteDeleted(IBufferWriter<byte> destination, bool found)
    {
        var writer = new MessagePackWriter(destination);
        writer.Write(found);
        writer.Flush();
    }

    public static void WriteGot(IBufferWriter<byte> destination, bool found, ReadOnlySpan<byte> value, LogIndex version)
    {
        var writer = new MessagePackWriter(destination);
        if (found)
        {
            writer.WriteArrayHeader(2);
            writer.Write(version.Value);
            writer.Write(value);
        }
        else
        {
            writer.WriteNil();
        }

        writer.Flush();
    }

    public static void WriteDone(IBufferWriter<byte> destination, int operations, ReadOnlySpan<byte> answers)
    {
        var writer = new MessagePackWriter(destination);
        writer.Write((byte)KeyValueStatus.Done);
        writer.WriteArrayHeader(operations);
        writer.WriteRaw(answers);
        writer.Flush();
    }

    public static void WriteFailed(IBufferWriter<byte> destination, KeyValueStatus status, int position)
    {
        var writer = new MessagePackWriter(destination);
        writer.Write((byte)status);
        writer.Write(position);
        writer.Flush();
    }

    /// <summary>Reads a result.</summary>
    /// <param name="result">The result; values are parts of it.</param>
    /// <param name="position">If nothing was done, the operation that stopped it; otherwise -1.</param>
    /// <param name="operations">One result per operation if everything was done; otherwise empty.</param>
    /// <exception cref="MessagePackSerializationException">It is not a result.</exception>
    public static KeyValueStatus Read(
        ReadOnlyMemory<byte> result, out int position, out IReadOnlyList<KeyValueOperationResult> operations)
    {
        var reader = new MessagePackReader(result.Span);
        var status = (KeyValueStatus)reader.ReadByte();
        operations = [];
        position = -1;
        if (status > KeyValueStatus.Malformed)
        {
            throw new MessagePackSerializationException($"Status {(byte)status} is unknown.");
        }

        if (status != KeyValueStatus.Done)
        {
            position = reader.ReadInt32();
            return status;
        }

        int count = reader.ReadArrayHeader();
        if (count == 1 && reader.IsNil)
        {
            // A single put, append or get of nothing: the most common answer costs no allocation.
            operations = OneEmpty;
            return status;
        }

        var read = new KeyValueOperationResult[count];
        for (int i = 0; i < count; i++)
        {
            read[i] = ReadOne(ref reader, result);
        }

        operations = read;
        return status;
    }

    private static KeyValueOperationResult ReadOne(ref MessagePackReader reader, ReadOnlyMemory<byte> result)
    {
        switch (reader.NextMessagePackType)
        {
            case MessagePackType.Nil:
                reader.ReadNil();
                return default;
            case MessagePackType.Boolean:
                return new KeyValueOperationResult { Found = reader.ReadBoolean() };
            default:
                if (reader.ReadArrayHeader() != 2)
                {
                    throw new MessagePackSerializationException("What a get saw has two fields.");
                }

                var version = new LogIndex(reader.ReadInt64());
                int length = reader.ReadBytesSpan().Length;
                return new KeyValueOperationResult
                {
                    Found = true,
                    Version = version,
                    Value = result.Slice((int)reader.Consumed - length, length),
                };
        }
    }
}
