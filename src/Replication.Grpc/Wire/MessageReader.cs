using System.Buffers;
using System.IO.Pipelines;

namespace Replication.Grpc.Wire;

/// <summary>Reads messages off a pipe, one at a time. One reader at a time.</summary>
internal sealed class MessageReader<T>(PipeReader pipe, Marshaller<T> marshaller, int messageBytesMax)
{
    /// <summary>Gets the message that the last <see cref="ReadAsync"/> found.</summary>
    public T Current { get; private set; } = default!;

    /// <summary>Reads the next message.</summary>
    /// <returns>False at the end of the stream.</returns>
    /// <exception cref="RpcException">What arrived is no message, or a forbidden one.</exception>
    public async ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (!pipe.TryRead(out ReadResult result))
            {
                result = await pipe.ReadAsync(cancellationToken).ConfigureAwait(false);
            }

            ReadOnlySequence<byte> buffer = result.Buffer;
            if (MessageFrame.TryRead(ref buffer, messageBytesMax, out ReadOnlySequence<byte> message))
            {
                Current = marshaller.Deserialize(message);
                pipe.AdvanceTo(buffer.Start);
                return true;
            }

            bool isEmpty = buffer.IsEmpty;
            pipe.AdvanceTo(buffer.Start, buffer.End);
            if (result.IsCompleted)
            {
                return isEmpty
                    ? false
                    : throw new RpcException(StatusCode.Internal, "The stream ended inside a message.");
            }

            if (result.IsCanceled)
            {
                throw new OperationCanceledException(cancellationToken);
            }
        }
    }
}
