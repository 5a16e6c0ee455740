using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using Replication.Grpc.Wire;

namespace Replication.Grpc.Tests.Calls;

/// <summary>A call whose answer is a stream, over the framework's HTTP/2 client.</summary>
internal sealed class ServerStream<TRequest, TResponse> : IDisposable
{
    private readonly HttpMessageInvoker _client = new(new SocketsHttpHandler());
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromSeconds(60));
    private readonly Method<TRequest, TResponse> _method;
    private readonly HttpRequestMessage _request;
    private HttpResponseMessage? _response;
    private MessageReader<TResponse>? _reader;

    public ServerStream(Uri address, Method<TRequest, TResponse> method, TRequest request)
    {
        _method = method;
        ArrayBufferWriter<byte> frame = new();
        MessageFrame.Write(request, method.RequestMarshaller, frame);
        _request = new HttpRequestMessage(HttpMethod.Post, new Uri(address, method.FullName))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(frame.WrittenSpan.ToArray()),
        };
        _request.Content.Headers.TryAddWithoutValidation("content-type", GrpcHeaders.ContentType);
    }

    public TResponse Current => _reader!.Current;

    /// <returns>False at the end.</returns>
    public async Task<bool> ReadAsync()
    {
        if (_reader is null)
        {
            _response = await _client.SendAsync(_request, _limit.Token);
            Stream stream = await _response.Content.ReadAsStreamAsync(_limit.Token);
            _reader = new MessageReader<TResponse>(
                PipeReader.Create(stream), _method.ResponseMarshaller, MessageFrame.MessageBytesMaxDefault);
        }

        return await _reader.ReadAsync(_limit.Token);
    }

    /// <summary>The value of a trailer, once the stream has ended.</summary>
    public string Trailer(string name) => Assert.Single(_response!.TrailingHeaders.GetValues(name));

    public void Dispose()
    {
        _response?.Dispose();
        _request.Dispose();
        _client.Dispose();
        _limit.Dispose();
    }
}
