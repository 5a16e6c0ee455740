using System.Buffers;
using System.IO.Pipelines;
using Replication.Grpc.Wire;

namespace Replication.Grpc.Calls;

/// <summary>A call with streams. One writer and one reader at a time, at the same time as each other.</summary>
internal sealed class StreamingCall<TRequest, TResponse> : IDisposable
{
    private readonly Method<TRequest, TResponse> _method;
    private readonly RequestStreamContent _content;
    private readonly CallDeadline _deadline;
    private readonly int _messageBytesMax;
    private readonly Task<HttpResponseMessage> _response;
    private readonly ArrayBufferWriter<byte> _frame = new();
    private MessageReader<TResponse>? _reader;
    private PipeReader? _pipe;
    private int _isDisposed;

    internal StreamingCall(
        Method<TRequest, TResponse> method,
        RequestStreamContent content,
        Task<HttpResponseMessage> response,
        CallDeadline deadline,
        int messageBytesMax)
    {
        (_method, _content, _deadline, _messageBytesMax) = (method, content, deadline, messageBytesMax);
        _response = WatchAsync(response);
    }

    /// <summary>Gets the message that the last <see cref="ReadAsync"/> found.</summary>
    public TResponse Current => _reader is null ? default! : _reader.Current;

    /// <summary>Sends a message; waits while the server has no room for it.</summary>
    /// <exception cref="RpcException">The call has ended.</exception>
    public async ValueTask WriteAsync(TRequest message)
    {
        _frame.ResetWrittenCount();
        MessageFrame.Write(message, _method.RequestMarshaller, _frame);
        await WriteFramesAsync(_frame.WrittenMemory).ConfigureAwait(false);
    }

    /// <summary>Sends bytes that hold one or more whole frames already.</summary>
    /// <exception cref="RpcException">The call has ended.</exception>
    public async ValueTask WriteFramesAsync(ReadOnlyMemory<byte> frames)
    {
        try
        {
            Stream stream = await _content.Ready.ConfigureAwait(false);
            // Both at once: what the peer's window has room for leaves with this flush, two hops earlier.
            ValueTask write = stream.WriteAsync(frames, _deadline.Token);
            bool isFlushed;
            try
            {
                await stream.FlushAsync(_deadline.Token).ConfigureAwait(false);
                isFlushed = write.IsCompleted;
            }
            finally
            {
                // The frames are lent until it ends.
                await write.ConfigureAwait(false);
            }

            if (!isFlushed)
            {
                // It waited for room, and may have come behind the flush.
                await stream.FlushAsync(_deadline.Token).ConfigureAwait(false);
            }
        }
        catch (Exception e)
        {
            throw _deadline.Explain(e);
        }
    }

    /// <summary>Ends this side of the call.</summary>
    public void CompleteRequests() => _content.Complete();

    /// <summary>Reads the next message.</summary>
    /// <returns>False if the call ended with status OK.</returns>
    /// <exception cref="RpcException">The call ended with another status.</exception>
    public async ValueTask<bool> ReadAsync()
    {
        try
        {
            HttpResponseMessage response = await _response.ConfigureAwait(false);
            if (_reader is null)
            {
                ResponseStatus.ThrowIfFailed(response);
                _pipe = PipeReader.Create(
                    await response.Content.ReadAsStreamAsync(_deadline.Token).ConfigureAwait(false));
                _reader = new MessageReader<TResponse>(_pipe, _method.ResponseMarshaller, _messageBytesMax);
            }

            if (await _reader.ReadAsync(_deadline.Token).ConfigureAwait(false))
            {
                return true;
            }

            ResponseStatus.ThrowUnlessOk(response);
            return false;
        }
        catch (Exception e)
        {
            throw _deadline.Explain(e);
        }
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
        {
            return;
        }

        // Resets the stream if it still runs; whoever reads or writes gets Cancelled.
        _deadline.Cancel();
        _content.Fail(new OperationCanceledException("The call was ended here."));
        _content.Complete();
        _ = DisposeResponseAsync();
        _deadline.Dispose();
    }

    private async Task DisposeResponseAsync()
    {
        try
        {
            (await _response.ConfigureAwait(false)).Dispose();
        }
        catch (Exception e) when (e is OperationCanceledException or HttpRequestException or IOException)
        {
            // The call never got a response: nothing to release.
        }
    }

    private async Task<HttpResponseMessage> WatchAsync(Task<HttpResponseMessage> response)
    {
        try
        {
            return await response.ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // Whoever waits to write must learn that no connection will come.
            _content.Fail(e);
            throw;
        }
    }
}
