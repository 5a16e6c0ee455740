using System.Net;

namespace Replication.Grpc.Calls;

/// <summary>The body of a streaming request: lends its stream to the call until the call completes it.</summary>
internal sealed class RequestStreamContent : HttpContent
{
    private readonly TaskCompletionSource<Stream> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _completed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Gets the stream once a connection has taken the request.</summary>
    public Task<Stream> Ready => _ready.Task;

    /// <summary>Ends the request stream.</summary>
    public void Complete() => _completed.TrySetResult();

    /// <summary>Tells whoever waits for the stream that there will be none.</summary>
    public void Fail(Exception error)
    {
        if (_ready.TrySetException(error))
        {
            _ = _ready.Task.Exception; // Nobody may be waiting.
        }
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(
        Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        if (!_ready.TrySetResult(stream))
        {
            throw new IOException("A stream of messages can't be sent a second time.");
        }

        // The headers leave now, not with the first message: the server may have to speak first.
        await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
        await _completed.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
