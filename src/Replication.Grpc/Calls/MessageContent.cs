using System.Net;

namespace Replication.Grpc.Calls;

/// <summary>
/// The body of a unary request: one frame, made before. May be sent again if a connection refused it unseen.
/// </summary>
internal sealed class MessageContent(ReadOnlyMemory<byte> frame) : HttpContent
{
    /// <summary>Gets whether a connection has taken the message; before that no server can act on it.</summary>
    public bool IsTaken { get; private set; }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(
        Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        IsTaken = true;
        return stream.WriteAsync(frame, cancellationToken).AsTask();
    }

    protected override bool TryComputeLength(out long length)
    {
        // Known, but not told: stock servers expect none, and the header would cost bytes.
        length = 0;
        return false;
    }
}
