using System.IO.Pipelines;

namespace Replication.Grpc.Wire;

/// <summary>Writes messages into a pipe. One writer at a time.</summary>
internal sealed class MessageWriter<T>(PipeWriter pipe, Marshaller<T> marshaller)
{
    /// <summary>Writes a message and sends everything written so far; waits while the receiver has no room.</summary>
    public ValueTask<FlushResult> WriteAsync(T message, CancellationToken cancellationToken)
    {
        MessageFrame.Write(message, marshaller, pipe);
        return pipe.FlushAsync(cancellationToken);
    }
}
