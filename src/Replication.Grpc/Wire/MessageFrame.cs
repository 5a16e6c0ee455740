using System.Buffers;
using System.Buffers.Binary;

namespace Replication.Grpc.Wire;

/// <summary>The frame of a message: a compression flag, its length in four bytes (big-endian), its bytes.</summary>
internal static class MessageFrame
{
    public const int HeaderBytes = 5;

    /// <summary>The default limit of a received message, as in stock gRPC.</summary>
    public const int MessageBytesMaxDefault = 4 << 20;

    /// <summary>Takes one message off the front.</summary>
    /// <param name="buffer">What arrived; shortened by the message if there is a whole one.</param>
    /// <param name="messageBytesMax">The limit.</param>
    /// <param name="message">The bytes of the message, inside <paramref name="buffer"/>'s memory.</param>
    /// <returns>False if more bytes are needed.</returns>
    /// <exception cref="RpcException">Compressed (Unimplemented), too long (ResourceExhausted), or no frame
    /// (Internal).</exception>
    public static bool TryRead(ref ReadOnlySequence<byte> buffer, int messageBytesMax,
        out ReadOnlySequence<byte> message)
    {
        message = default;
        if (buffer.IsEmpty)
        {
            return false;
        }

        ThrowIfNoFrame(buffer.FirstSpan.IsEmpty ? buffer.Slice(0, 1).ToArray()[0] : buffer.FirstSpan[0]);
        if (buffer.Length < HeaderBytes)
        {
            return false;
        }

        Span<byte> header = stackalloc byte[HeaderBytes];
        buffer.Slice(0, HeaderBytes).CopyTo(header);
        int length = LengthOf(header, messageBytesMax);
        if (buffer.Length - HeaderBytes < length)
        {
            return false;
        }

        message = buffer.Slice(HeaderBytes, length);
        buffer = buffer.Slice(message.End);
        return true;
    }

    /// <summary>Reads how many bytes follow a header.</summary>
    /// <exception cref="RpcException">As for <see cref="TryRead"/>.</exception>
    public static int LengthOf(ReadOnlySpan<byte> header, int messageBytesMax)
    {
        ThrowIfNoFrame(header[0]);
        uint length = BinaryPrimitives.ReadUInt32BigEndian(header[1..]);
        return length <= (uint)messageBytesMax
            ? (int)length
            : throw new RpcException(
                StatusCode.ResourceExhausted,
                $"The message has {length} bytes; at most {messageBytesMax} are taken.");
    }

    /// <summary>Writes the frame of one message.</summary>
    public static void Write<T>(T message, Marshaller<T> marshaller, IBufferWriter<byte> output)
    {
        int size = marshaller.SizeOf(message);
        Span<byte> header = output.GetSpan(HeaderBytes);
        WriteHeader(header, size);
        output.Advance(HeaderBytes);
        marshaller.Serialize(message, output);
    }

    /// <summary>Writes the five bytes before a message of the given size.</summary>
    public static void WriteHeader(Span<byte> header, int size)
    {
        header[0] = 0;
        BinaryPrimitives.WriteUInt32BigEndian(header[1..], (uint)size);
    }

    private static void ThrowIfNoFrame(byte flag)
    {
        if (flag != 0)
        {
            throw flag == 1
                ? new RpcException(
                    new Status(StatusCode.Unimplemented, "The message is compressed; only identity is understood."),
                    new Metadata())
                : new RpcException(StatusCode.Internal, $"The frame starts with {flag}, which is no compression flag.");
        }
    }
}
