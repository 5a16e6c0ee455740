using System.Buffers;
using Replication.Grpc.Wire;
using Replication.Raft.Primitives;
using Replication.Serialization;
using Replication.Storage.Identity;
using Replication.Transport;

namespace Replication.Grpc.Peers;

/// <summary>
/// The service between nodes, <c>replication.v1.Peer</c>: two streams, Control and Bulk, of equal form on one
/// connection.
/// The first message of each side is its hello; after it the dialler sends peer messages (MessagePack), the other side
/// nothing.
/// </summary>
internal static class PeerProtocol
{
    /// <summary>A message may hold a batch of entries or a single larger one; nothing legal comes near this.</summary>
    public const int MessageBytesMax = 32 << 20;

    private const string Service = "replication.v1.Peer";
    private const int HelloFields = 5;

    public static readonly Method<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> Control = Stream("Control");
    public static readonly Method<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> Bulk = Stream("Bulk");

    public static byte[] Write(in PeerHello hello)
    {
        ArrayBufferWriter<byte> output = new(64);
        MessagePackWriter writer = new(output);
        writer.WriteArrayHeader(HelloFields);
        writer.Write(hello.VersionMin);
        writer.Write(hello.VersionMax);
        writer.Write(hello.Identity.ClusterId.ToByteArray(bigEndian: true));
        writer.Write(hello.Identity.NodeId.Value);
        writer.Write(hello.Identity.DirectoryId.ToByteArray(bigEndian: true));
        writer.Flush();
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Reads a hello; later versions may add fields behind the known ones.</summary>
    /// <exception cref="RpcException">It isn't one.</exception>
    public static PeerHello Read(ReadOnlyMemory<byte> message)
    {
        try
        {
            MessagePackReader reader = new(message);
            int fields = reader.ReadArrayHeader();
            if (fields >= HelloFields)
            {
                return new PeerHello(
                    reader.ReadInt32(),
                    reader.ReadInt32(),
                    new NodeIdentity(
                        new Guid(reader.ReadBytesSpan(), bigEndian: true),
                        new NodeId(reader.ReadInt32()),
                        new Guid(reader.ReadBytesSpan(), bigEndian: true)));
            }
        }
        catch (Exception e) when (e is MessagePackSerializationException or ArgumentException)
        {
            throw new RpcException(new Status(StatusCode.InvalidArgument, "The hello is malformed: " + e.Message), null,
                e);
        }

        throw new RpcException(StatusCode.InvalidArgument, "The hello is too short.");
    }

    private static Method<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> Stream(string name) =>
        new(MethodType.DuplexStreaming, Service, name, RawMarshaller.Instance, RawMarshaller.Instance);
}
