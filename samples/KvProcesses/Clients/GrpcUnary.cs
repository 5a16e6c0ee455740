using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;

namespace KvProcesses.Clients;

/// <summary>Unary gRPC calls to one address over the framework's HTTP/2 client: what a program in any language would
/// do. Callable from any thread.</summary>
public sealed class GrpcUnary : IDisposable
{
    private const int PrefixBytes = 5;
    private readonly HttpMessageInvoker _http;
    private readonly Uri _address;

    /// <summary>Creates a caller; nothing is dialled before the first call.</summary>
    /// <param name="address">Where the server listens, in plain text.</param>
    /// <param name="connectTimeout">How long a connection may take.</param>
    public GrpcUnary(Uri address, TimeSpan connectTimeout)
    {
        _address = address;
        _http = new HttpMessageInvoker(new SocketsHttpHandler { ConnectTimeout = connectTimeout, UseProxy = false });
    }

    /// <summary>Makes a call.</summary>
    /// <typeparam name="TResponse">The message of the answer.</typeparam>
    /// <param name="method">The full name: <c>package.Service/Method</c>.</param>
    /// <param name="request">The message.</param>
    /// <param name="parser">Reads the answer.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The answer.</returns>
    /// <exception cref="HttpRequestException">The call failed: not reached, or a status other than OK.</exception>
    public async Task<TResponse> CallAsync<TResponse>(
        string method, IMessage request, MessageParser<TResponse> parser, CancellationToken cancellationToken)
        where TResponse : IMessage<TResponse>
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(parser);
        using HttpRequestMessage message = new(HttpMethod.Post, new Uri(_address, "/" + method))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(Frame(request)),
        };
        message.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        message.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        using HttpResponseMessage response = await _http.SendAsync(message, cancellationToken).ConfigureAwait(false);
        byte[] body = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        string status = Find(response, "grpc-status");
        if (response.StatusCode != HttpStatusCode.OK || status != "0" || body.Length < PrefixBytes)
        {
            throw new HttpRequestException($"{_address}{method}: HTTP {(int)response.StatusCode}, gRPC status "
                + $"{status}: {Find(response, "grpc-message")}");
        }

        int length = BinaryPrimitives.ReadInt32BigEndian(body.AsSpan(1));
        return parser.ParseFrom(body, PrefixBytes, length);
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private static byte[] Frame(IMessage message)
    {
        int length = message.CalculateSize();
        byte[] frame = new byte[PrefixBytes + length];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), length);
        message.WriteTo(frame.AsSpan(PrefixBytes));
        return frame;
    }

    private static string Find(HttpResponseMessage response, string header) =>
        response.TrailingHeaders.TryGetValues(header, out IEnumerable<string>? values)
            || response.Headers.TryGetValues(header, out values)
            ? string.Join(',', values)
            : "";
}
