using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Replication.Grpc.Wire;

namespace Replication.Grpc.Serving;

/// <summary>Answers one request with one response.</summary>
internal delegate ValueTask<TResponse> UnaryHandler<TRequest, TResponse>(TRequest request, ServerCallContext context);

/// <summary>Answers a call in which at least one side is a stream.</summary>
internal delegate Task StreamHandler<TRequest, TResponse>(
    MessageReader<TRequest> requests, MessageWriter<TResponse> responses, ServerCallContext context);

/// <summary>
/// A method that the server offers: reads requests, calls its handler, writes responses; the status is its caller's
/// work.
/// </summary>
internal abstract class ServerMethod
{
    public abstract Task InvokeAsync(HttpContext http, ServerCallContext context, int messageBytesMax);
}

/// <summary>One request, one response: header, message and trailers leave in one flush.</summary>
internal sealed class UnaryServerMethod<TRequest, TResponse>(
    Method<TRequest, TResponse> method, UnaryHandler<TRequest, TResponse> handler) : ServerMethod
{
    public override async Task InvokeAsync(HttpContext http, ServerCallContext context, int messageBytesMax)
    {
        MessageReader<TRequest> reader = new(http.Request.BodyReader, method.RequestMarshaller, messageBytesMax);
        TRequest request = await ReadSingleAsync(reader, context).ConfigureAwait(false);
        TResponse response = await handler(request, context).ConfigureAwait(false);
        MessageFrame.Write(response, method.ResponseMarshaller, http.Response.BodyWriter);
    }

    private static async ValueTask<TRequest> ReadSingleAsync(MessageReader<TRequest> reader, ServerCallContext context)
    {
        if (!await reader.ReadAsync(context.CancellationToken).ConfigureAwait(false))
        {
            throw new RpcException(StatusCode.Internal, "The call has no request message.");
        }

        TRequest request = reader.Current;
        return await reader.ReadAsync(context.CancellationToken).ConfigureAwait(false)
            ? throw new RpcException(StatusCode.Internal, "The call has more than one request message.")
            : request;
    }
}

/// <summary>
/// Streams in either or both directions. The response headers leave at once, or clients would wait for them.
/// </summary>
internal sealed class StreamServerMethod<TRequest, TResponse>(
    Method<TRequest, TResponse> method, StreamHandler<TRequest, TResponse> handler) : ServerMethod
{
    public override async Task InvokeAsync(HttpContext http, ServerCallContext context, int messageBytesMax)
    {
        PipeWriter output = http.Response.BodyWriter;
        await output.FlushAsync(context.CancellationToken).ConfigureAwait(false);
        MessageReader<TRequest> reader = new(http.Request.BodyReader, method.RequestMarshaller, messageBytesMax);
        await handler(reader, new MessageWriter<TResponse>(output, method.ResponseMarshaller), context)
            .ConfigureAwait(false);
    }
}
