using Replication.Raft.Primitives;
using Replication.Serialization;
using Replication.StateMachines;

namespace Replication.Kv.Machine;

/// <summary>The MessagePack form of a command: format version, array of operations, each an array of kind, key and what
/// the kind needs.</summary>
internal static class KeyValueCommandCodec
{
    /// <summary>Gets how many bytes <see cref="Write"/> takes.</summary>
    public static int SizeBytes(ReadOnlySpan<KeyValueOperation> operations, int valueBytesMax)
    {
        int size = checked(1 + MessagePackSize.OfArrayHeader(operations.Length));
        foreach (KeyValueOperation operation in operations)
        {
            size = checked(size + 2 + MessagePackSize.OfBytes(operation.Key.Length) + operation.Kind switch
            {
                KeyValueOperationKind.Put or KeyValueOperationKind.RequireValue =>
                    MessagePackSize.OfBytes(operation.Value.Length),
                KeyValueOperationKind.Append =>
                    MessagePackSize.OfBytes(operation.Value.Length) + MessagePackSize.OfInteger(valueBytesMax),
                KeyValueOperationKind.RequireVersion => MessagePackSize.OfInteger(operation.Version.Value),
                _ => 0,
            });
        }

        return size;
    }

    /// <summary>Writes a command.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="operations">At least one.</param>
    /// <param name="valueBytesMax">The limit that an append must keep; it travels in the command, so that replicas need
    /// not agree on it.</param>
    public static void Write(
        ref MessagePackWriter writer, ReadOnlySpan<KeyValueOperation> operations, int valueBytesMax)
    {
        writer.Write(KeyValueFormat.Version);
        writer.WriteArrayHeader(operations.Length);
        foreach (KeyValueOperation operation in operations)
        {
            writer.WriteArrayHeader(FieldsOf(operation.Kind));
            writer.Write((byte)operation.Kind);
            writer.Write(operation.Key.Span);
            switch (operation.Kind)
            {
                case KeyValueOperationKind.Put or KeyValueOperationKind.RequireValue:
                    writer.Write(operation.Value.Span);
                    break;
                case KeyValueOperationKind.Append:
                    writer.Write(operation.Value.Span);
                    writer.Write(valueBytesMax);
                    break;
                case KeyValueOperationKind.RequireVersion:
                    writer.Write(operation.Version.Value);
                    break;
                default:
                    break;
            }
        }
    }

    /// <summary>Makes an entry's payload: envelope and command in one array of their exact size.</summary>
    public static byte[] ToPayload(
        in CommandEnvelope envelope, ReadOnlySpan<KeyValueOperation> operations, int valueBytesMax,
            ExactBufferWriter buffer)
    {
        buffer.Begin(checked(envelope.SizeBytes() + SizeBytes(operations, valueBytesMax)));
        var writer = new MessagePackWriter(buffer);
        envelope.Write(ref writer);
        Write(ref writer, operations, valueBytesMax);
        writer.Flush();
        return buffer.Take();
    }

    /// <summary>Reads the next operation of a command.</summary>
    /// <param name="reader">Stands before it; reads <paramref name="source"/> from its beginning.</param>
    /// <param name="source">The bytes that the reader reads: key and value are parts of it.</param>
    /// <param name="valueBytesMax">The limit that comes with an append.</param>
    /// <exception cref="MessagePackSerializationException">Malformed.</exception>
    public static KeyValueOperation ReadOperation(
        ref MessagePackReader reader, ReadOnlyMemory<byte> source, out int valueBytesMax)
    {
        int fields = reader.ReadArrayHeader();
        var kind = (KeyValueOperationKind)reader.ReadByte();
        Require(fields == FieldsOf(kind), "fields are those of the kind");
        ReadOnlyMemory<byte> key = ReadBytes(ref reader, source);
        Require(key.Length is >= 1 and <= KeyValueFormat.KeyBytesMax, "a key is neither empty nor too large");
        valueBytesMax = 0;
        var operation = new KeyValueOperation(kind, key);
        switch (kind)
        {
            case KeyValueOperationKind.Put or KeyValueOperationKind.RequireValue:
                operation = operation with { Value = ReadValue(ref reader, source) };
                break;
            case KeyValueOperationKind.Append:
                operation = operation with { Value = ReadValue(ref reader, source) };
                valueBytesMax = reader.ReadInt32();
                Require(valueBytesMax is >= 1 and <= KeyValueFormat.ValueBytesMax,
                    "the limit of an append is within bounds");
                break;
            case KeyValueOperationKind.RequireVersion:
                operation = operation with { Version = new LogIndex(reader.ReadInt64()) };
                Require(operation.Version.Value >= 0, "a version is not negative");
                break;
            default:
                break;
        }

        return operation;
    }

    private static int FieldsOf(KeyValueOperationKind kind) => kind switch
    {
        KeyValueOperationKind.Get or KeyValueOperationKind.Delete or KeyValueOperationKind.RequireAbsent => 2,
        KeyValueOperationKind.Put or KeyValueOperationKind.RequireValue or KeyValueOperationKind.RequireVersion => 3,
        KeyValueOperationKind.Append => 4,
        _ => throw new MessagePackSerializationException($"Operation kind {(byte)kind} is unknown."),
    };

    private static ReadOnlyMemory<byte> ReadValue(ref MessagePackReader reader, ReadOnlyMemory<byte> source)
    {
        ReadOnlyMemory<byte> value = ReadBytes(ref reader, source);
        Require(value.Length <= KeyValueFormat.ValueBytesMax, "a value is not too large");
        return value;
    }

    private static ReadOnlyMemory<byte> ReadBytes(ref MessagePackReader reader, ReadOnlyMemory<byte> source)
    {
        int length = reader.ReadBytesSpan().Length;
        return source.Slice((int)reader.Consumed - length, length);
    }

    private static void Require(bool condition, string rule)
    {
        if (!condition)
        {
            throw new MessagePackSerializationException($"This is not a key-value command, where {rule}.");
        }
    }
}
