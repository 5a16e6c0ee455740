using System.Buffers;
using Replication.Grpc.Wire;

namespace Replication.Grpc.Tests.Wire;

/// <summary>Messages that are bytes already; received ones are copied.</summary>
internal sealed class RawMarshaller : Marshaller<ReadOnlyMemory<byte>>
{
    public static readonly RawMarshaller Instance = new();

    public override int SizeOf(ReadOnlyMemory<byte> message) => message.Length;

    public override void Serialize(ReadOnlyMemory<byte> message, IBufferWriter<byte> output) =>
        output.Write(message.Span);

    public override ReadOnlyMemory<byte> Deserialize(ReadOnlySequence<byte> bytes) => bytes.ToArray();
}
