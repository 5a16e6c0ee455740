using System.Net;

namespace Replication.Grpc.Calls;

/// <summary>
/// The body of a unary request: one frame, made before. May be sent again if a connection refused it unseen.
/// </summary>
internal sealed class MessageContent(ReadOnlyMemory<byte> frame) : HttpContent
{
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(
        Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
        stream.WriteAsync(frame, cancellationToken).AsTask();

    protected override bool TryComputeLength(out long length)
    {
        // Known, but not told: stock servers expect none, and the header would cost bytes.
        length = 0;
        return false;
    }
}
