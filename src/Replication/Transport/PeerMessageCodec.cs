using System.Buffers;

namespace Replication.Transport;

/// <summary>The MessagePack form of peer messages.</summary>
public static class PeerMessageCodec
{
    /// <summary>Gets the version of the form; peers agree on one at the handshake.</summary>
    public const int Version = 1;

    /// <summary>Writes a message.</summary>
    /// <param name="message">The message.</param>
    /// <param name="destination">Where to.</param>
    public static void Write(PeerMessage message, IBufferWriter<byte> destination) => throw new NotImplementedException();

    /// <summary>Reads a message.</summary>
    /// <param name="source">Exactly one message. Payloads are copied out of it.</param>
    /// <returns>The message.</returns>
    /// <exception cref="Errors.ReplicationException">Malformed.</exception>
    public static PeerMessage Read(ReadOnlySequence<byte> source) => throw new NotImplementedException();
}
