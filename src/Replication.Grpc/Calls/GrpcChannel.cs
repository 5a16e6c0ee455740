using System.Buffers;
using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Replication.Grpc.Wire;

namespace Replication.Grpc.Calls;

/// <summary>
/// Calls methods at one address. Connects when first needed, again after a connection broke. Safe for all threads.
/// </summary>
internal sealed class GrpcChannel : IDisposable
{
    private readonly HttpMessageInvoker _invoker;
    private readonly ConcurrentDictionary<string, Uri> _uris = new(StringComparer.Ordinal);
    private readonly GrpcChannelOptions _options;

    public GrpcChannel(DnsEndPoint address, GrpcChannelOptions options)
    {
        _options = options;
        Address = new UriBuilder(options.Tls is null ? "http" : "https", address.Host, address.Port).Uri;
        SocketsHttpHandler handler = new()
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = null,
            EnableMultipleHttp2Connections = options.AllowsManyConnections,
            PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
            ConnectTimeout = options.ConnectTimeout,
            KeepAlivePingDelay = options.KeepAliveInterval,
            KeepAlivePingTimeout = options.KeepAliveTimeout,
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            InitialHttp2StreamWindowSize = 2 << 20,
            ConnectCallback = ConnectAsync,
        };
        if (options.Tls is not null)
        {
            handler.SslOptions = options.Tls;
        }

        _invoker = new HttpMessageInvoker(handler, disposeHandler: true);
    }

    /// <summary>Gets where the channel connects to.</summary>
    public Uri Address { get; }

    /// <summary>Sends one request and waits for its one response.</summary>
    /// <exception cref="RpcException">The call ended with another status than OK.</exception>
    /// <exception cref="OperationCanceledException">The caller's token fired; the server may have done the
    /// work.</exception>
    public async Task<TResponse> UnaryAsync<TRequest, TResponse>(
        Method<TRequest, TResponse> method, TRequest request, CallOptions options)
    {
        ArrayBufferWriter<byte> frame = new(MessageFrame.HeaderBytes + method.RequestMarshaller.SizeOf(request));
        MessageFrame.Write(request, method.RequestMarshaller, frame);
        using CallDeadline deadline = new(options, _options.Time);
        MessageContent content = new(frame.WrittenMemory);
        try
        {
            using HttpRequestMessage message =
                NewRequest(method.FullName, content, options);
            using HttpResponseMessage response = await SendAsync(message, deadline.Token).ConfigureAwait(false);
            ResponseStatus.ThrowIfFailed(response);
            PipeReader pipe = PipeReader.Create(
                await response.Content.ReadAsStreamAsync(deadline.Token).ConfigureAwait(false));
            try
            {
                return await ReadSingleAsync(pipe, response, method, deadline.Token).ConfigureAwait(false);
            }
            finally
            {
                await pipe.CompleteAsync().ConfigureAwait(false);
            }
        }
        catch (Exception e)
        {
            throw deadline.Explain(e, content.IsTaken);
        }
    }

    public void Dispose() => _invoker.Dispose();

    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context,
        CancellationToken cancellationToken)
    {
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task<TResponse> ReadSingleAsync<TRequest, TResponse>(
        PipeReader pipe, HttpResponseMessage response, Method<TRequest, TResponse> method, CancellationToken token)
    {
        MessageReader<TResponse> reader = new(pipe, method.ResponseMarshaller, _options.MessageBytesMax);
        bool hasMessage = await reader.ReadAsync(token).ConfigureAwait(false);
        TResponse answer = reader.Current;
        bool hasMore = hasMessage && await reader.ReadAsync(token).ConfigureAwait(false);
        if (!hasMore)
        {
            ResponseStatus.ThrowUnlessOk(response);
        }

        return hasMessage && !hasMore
            ? answer
            : throw new RpcException(StatusCode.Internal, "A unary response must hold exactly one message.");
    }

    private Task<HttpResponseMessage> SendAsync(HttpRequestMessage message, CancellationToken cancellationToken) =>
        _invoker.SendAsync(message, cancellationToken);

    private HttpRequestMessage NewRequest(string path, HttpContent content, CallOptions options)
    {
        Uri uri = _uris.TryGetValue(path, out Uri? known) ? known : _uris.GetOrAdd(path, p => new Uri(Address, p));
        HttpRequestMessage message = new(HttpMethod.Post, uri)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        message.Headers.TryAddWithoutValidation("te", "trailers");
        content.Headers.TryAddWithoutValidation("content-type", GrpcHeaders.ContentType);
        if (options.Timeout is { } timeout)
        {
            message.Headers.TryAddWithoutValidation(GrpcHeaders.Timeout, GrpcTimeout.Encode(timeout));
        }

        foreach (Metadata.Entry entry in options.Headers ?? Metadata.Empty)
        {
            message.Headers.TryAddWithoutValidation(entry.Name, entry.HeaderValue);
        }

        return message;
    }
}
