using System.Buffers;
using Google.Protobuf;

namespace Replication.Grpc.Wire;

/// <summary>Protobuf messages; bytes that aren't one are <see cref="StatusCode.Internal"/>.</summary>
internal sealed class ProtobufMarshaller<T>(MessageParser<T> parser) : Marshaller<T>
    where T : class, IMessage<T>
{
    public override int SizeOf(T message) => message.CalculateSize();

    public override void Serialize(T message, IBufferWriter<byte> output) => message.WriteTo(output);

    public override T Deserialize(ReadOnlySequence<byte> bytes)
    {
        try
        {
            return parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new RpcException(new Status(StatusCode.Internal, "The message isn't valid protobuf: " + e.Message),
                null, e);
        }
    }
}
