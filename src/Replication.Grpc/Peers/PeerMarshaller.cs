using System.Buffers;
using Replication.Grpc.Wire;
using Replication.Transport;

namespace Replication.Grpc.Peers;

/// <summary>
/// Peer messages in their MessagePack form, for reading; writing goes through a <see cref="PooledWriter"/>.
/// </summary>
internal sealed class PeerMarshaller : Marshaller<PeerMessage>
{
    public static readonly PeerMarshaller Instance = new();

    public override int SizeOf(PeerMessage message) =>
        throw new NotSupportedException("The size is known once the message is written: use BeginFrame and EndFrame.");

    public override void Serialize(PeerMessage message, IBufferWriter<byte> output) =>
        PeerMessageCodec.Write(message, output);

    public override PeerMessage Deserialize(ReadOnlySequence<byte> bytes) => PeerMessageCodec.Read(bytes);
}
