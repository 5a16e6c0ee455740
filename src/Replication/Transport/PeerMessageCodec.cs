using System.Buffers;
using Replication.Errors;
using Replication.Serialization;

namespace Replication.Transport;

/// <summary>The MessagePack form of peer messages.</summary>
/// <remarks>
/// A message is one array: its kind, the group, then the fields of the kind in fixed order and number. A message of the
/// core
/// has sender, receiver and term first. Entries are an array of [term, kind, timestamp, payload]; their indexes follow
/// from
/// PrevLogId. Callable from any thread.
/// </remarks>
public static class PeerMessageCodec
{
    /// <summary>Gets the version of the form; peers agree on one at the handshake.</summary>
    public const int Version = 1;

    /// <summary>Writes a message.</summary>
    /// <param name="message">The message.</param>
    /// <param name="destination">Where to.</param>
    /// <exception cref="ArgumentException">The entries beside an AppendEntries are not those that it names.</exception>
    public static void Write(PeerMessage message, IBufferWriter<byte> destination)
    {
        ArgumentNullException.ThrowIfNull(message);
        ArgumentNullException.ThrowIfNull(destination);
        var writer = new MessagePackWriter(destination);
        PeerMessageForm.Write(ref writer, message);
        writer.Flush();
    }

    /// <summary>Reads a message.</summary>
    /// <param name="source">Exactly one message. Payloads are copied out of it.</param>
    /// <returns>The message.</returns>
    /// <exception cref="MalformedMessageException">The bytes are not a message of this version. What was allocated
    /// until then is
    /// a small multiple of the source's length at most.</exception>
    public static PeerMessage Read(ReadOnlySequence<byte> source)
    {
        try
        {
            var reader = new MessagePackReader(source);
            PeerMessage message = PeerMessageForm.Read(ref reader);
            if (!reader.End)
            {
                throw new MalformedMessageException(
                    $"A peer message of {source.Length} bytes ends at offset {reader.Consumed}: " +
                    "the rest means nothing.");
            }

            return message;
        }
        catch (MessagePackSerializationException e)
        {
            throw new MalformedMessageException(
                $"A peer message of {source.Length} bytes can't be read: {e.Message}", e);
        }
    }
}
