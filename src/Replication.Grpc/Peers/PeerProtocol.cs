using System.Buffers;
using Replication.Errors;
using Replication.Grpc.Wire;
using Replication.Raft.Primitives;
using Replication.Serialization;
using Replication.Storage.Identity;
using Replication.Transport;

namespace Replication.Grpc.Peers;

/// <summary>What the connections between nodes speak.</summary>
/// <remarks>
/// The dialler sends the preface, then frames as gRPC's: its hello, then peer messages (MessagePack). The other side
/// answers the hello with its own, or with a text that says why not and the end. An empty frame asks for a sign of life
/// and is answered with an empty frame, which comes without a question too while much arrives. Two connections of this
/// form lead to each peer, so that entries never delay votes and heartbeats.
/// </remarks>
internal static class PeerProtocol
{
    /// <summary>A message may hold a batch of entries or a single larger one; nothing legal comes near this.</summary>
    public const int MessageBytesMax = 32 << 20;

    /// <summary>A hello or a refusal; nothing legal comes near this.</summary>
    public const int HelloBytesMax = 4 << 10;

    private const int HelloFields = 6;

    /// <summary>Gets the first bytes of a dialler, by which the port tells it from a caller of the API.</summary>
    public static ReadOnlySpan<byte> Preface => "replication.v1.Peer\n"u8;

    /// <summary>Writes a hello.</summary>
    public static byte[] Write(in PeerHello hello, PeerStream stream)
    {
        ArrayBufferWriter<byte> output = new(64);
        MessagePackWriter writer = new(output);
        writer.WriteArrayHeader(HelloFields);
        writer.Write(hello.VersionMin);
        writer.Write(hello.VersionMax);
        writer.Write(hello.Identity.ClusterId.ToByteArray(bigEndian: true));
        writer.Write(hello.Identity.NodeId.Value);
        writer.Write(hello.Identity.DirectoryId.ToByteArray(bigEndian: true));
        writer.Write((int)stream);
        writer.Flush();
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Puts a message into its frame.</summary>
    public static byte[] Frame(ReadOnlySpan<byte> message)
    {
        byte[] frame = new byte[MessageFrame.HeaderBytes + message.Length];
        MessageFrame.WriteHeader(frame, message.Length);
        message.CopyTo(frame.AsSpan(MessageFrame.HeaderBytes));
        return frame;
    }

    /// <summary>Writes why a dialler is refused.</summary>
    public static byte[] WriteRefusal(string reason)
    {
        ArrayBufferWriter<byte> output = new(256);
        MessagePackWriter writer = new(output);
        writer.Write(reason);
        writer.Flush();
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Reads a hello; later versions may add fields behind the known ones.</summary>
    /// <exception cref="MalformedMessageException">It isn't one.</exception>
    /// <exception cref="PeerRefusedException">It is a refusal.</exception>
    public static (PeerHello Hello, PeerStream Stream) Read(ReadOnlySequence<byte> message)
    {
        try
        {
            MessagePackReader reader = new(message);
            if (reader.NextMessagePackType == MessagePackType.String)
            {
                throw new PeerRefusedException(reader.ReadString() ?? "no reason given");
            }

            int fields = reader.ReadArrayHeader();
            if (fields >= HelloFields)
            {
                PeerHello hello = new(
                    reader.ReadInt32(),
                    reader.ReadInt32(),
                    new NodeIdentity(
                        new Guid(reader.ReadBytesSpan(), bigEndian: true),
                        new NodeId(reader.ReadInt32()),
                        new Guid(reader.ReadBytesSpan(), bigEndian: true)));
                int stream = reader.ReadInt32();
                return Enum.IsDefined((PeerStream)stream)
                    ? (hello, (PeerStream)stream)
                    : throw new MalformedMessageException($"The hello is for stream {stream}, which there is not.");
            }
        }
        catch (Exception e) when (e is MessagePackSerializationException or ArgumentException)
        {
            throw new MalformedMessageException("The hello is malformed: " + e.Message, e);
        }

        throw new MalformedMessageException("The hello is too short.");
    }
}
