using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Abstractions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Replication.Grpc.Wire;

namespace Replication.Grpc.Serving;

/// <summary>
/// Turns HTTP/2 requests into calls and calls' ends into statuses. Sits on the server itself: no middleware between.
/// </summary>
internal sealed class GrpcApplication(
    ServiceTable services, int messageBytesMax, TimeProvider time, ILogger logger, CancellationToken stopping)
    : IHttpApplication<DefaultHttpContext>
{
    public DefaultHttpContext CreateContext(IFeatureCollection contextFeatures)
    {
        // The server keeps one context per pooled stream, so that a call allocates none.
        if (contextFeatures is not IHostContextContainer<DefaultHttpContext> container)
        {
            return new DefaultHttpContext(contextFeatures);
        }

        if (container.HostContext is null)
        {
            return container.HostContext = new DefaultHttpContext(contextFeatures);
        }

        container.HostContext.Initialize(contextFeatures);
        return container.HostContext;
    }

    public void DisposeContext(DefaultHttpContext context, Exception? exception) => context.Uninitialize();

    public Task ProcessRequestAsync(DefaultHttpContext context)
    {
        HttpRequest request = context.Request;
        if (!HttpMethods.IsPost(request.Method))
        {
            return Refuse(context, StatusCodes.Status405MethodNotAllowed);
        }

        if (!GrpcHeaders.IsGrpc(request.ContentType))
        {
            return Refuse(context, StatusCodes.Status415UnsupportedMediaType);
        }

        context.Response.ContentType = GrpcHeaders.ContentType;
        if (!services.TryFind(request.Path.Value ?? "", out ServerMethod? method))
        {
            return End(context, new Status(StatusCode.Unimplemented, $"There is no method {request.Path.Value}."));
        }

        if (request.Headers.TryGetValue(GrpcHeaders.Encoding, out var encoding) && encoding != GrpcHeaders.Identity)
        {
            return End(context, new Status(StatusCode.Unimplemented, $"Encoding '{encoding}' isn't understood."));
        }

        TimeSpan? timeout = null;
        if (request.Headers.TryGetValue(GrpcHeaders.Timeout, out var text))
        {
            if (!GrpcTimeout.TryDecode(text.ToString(), out TimeSpan value))
            {
                return End(context, new Status(StatusCode.Internal, $"grpc-timeout '{text}' is no timeout."));
            }

            timeout = value;
        }

        return RunAsync(context, method, timeout);
    }

    private static Task Refuse(HttpContext context, int httpStatus)
    {
        context.Response.StatusCode = httpStatus;
        return Task.CompletedTask;
    }

    private static Task End(HttpContext context, Status status, Metadata? metadata = null)
    {
        // Before the first byte of the body the status goes into the headers ("trailers-only").
        IHeaderDictionary target = context.Response.HasStarted
            ? context.Features.GetRequiredFeature<IHttpResponseTrailersFeature>().Trailers
            : context.Response.Headers;
        if (status.StatusCode == StatusCode.Unimplemented)
        {
            target[GrpcHeaders.AcceptEncoding] = GrpcHeaders.Identity;
        }

        WriteStatus(target, status, metadata);
        return Task.CompletedTask;
    }

    private static void WriteStatus(IHeaderDictionary target, Status status, Metadata? metadata)
    {
        target[GrpcHeaders.Status] = StatusText(status.StatusCode);
        if (status.Detail.Length > 0)
        {
            target[GrpcHeaders.Message] = PercentEncoding.Encode(status.Detail);
        }

        if (metadata is null)
        {
            return;
        }

        foreach (Metadata.Entry entry in metadata)
        {
            target.Append(entry.Name, entry.HeaderValue);
        }
    }

    private static string StatusText(StatusCode code) =>
        code == StatusCode.OK ? "0" : ((int)code).ToString(System.Globalization.CultureInfo.InvariantCulture);

    private async Task RunAsync(HttpContext http, ServerMethod method, TimeSpan? timeout)
    {
        CallTokens tokens = new(timeout, time, http.RequestAborted, stopping);
        ServerCallContext context = new(http, timeout, tokens.Token);
        try
        {
            await method.InvokeAsync(http, context, messageBytesMax).ConfigureAwait(false);
            WriteStatus(
                http.Features.GetRequiredFeature<IHttpResponseTrailersFeature>().Trailers, Status.OK,
                    context.ResponseTrailersOrNull);
        }
        catch (RpcException e)
        {
            await End(http, e.Status, e.Trailers).ConfigureAwait(false);
        }
        catch (Exception e) when (tokens.IsDeadlinePassed)
        {
            logger.CallPassedItsDeadline(http.Request.Path.Value, e.Message);
            await End(http,
                new Status(StatusCode.DeadlineExceeded, "The deadline of the call has passed.")).ConfigureAwait(false);
        }
        catch (Exception) when (http.RequestAborted.IsCancellationRequested)
        {
            // Nobody is left to read a status.
            await End(http, new Status(StatusCode.Cancelled, "The caller went away.")).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            await End(http, new Status(StatusCode.Unavailable, "The server is stopping.")).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // The top of the call: a handler's bug ends its call, not the server.
            logger.HandlerFailed(http.Request.Path.Value, e);
            await End(http, new Status(StatusCode.Unknown, "The handler failed.")).ConfigureAwait(false);
        }
        finally
        {
            tokens.Dispose();
        }
    }
}
