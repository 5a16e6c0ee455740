using System.Globalization;
using System.Text.Json;
using Replication.Primitives;
using Replication.Testing.Histories;

namespace Harness.Workloads;

/// <summary>Calls nodes over HTTP, one and the same until it fails. One call at a time.</summary>
internal sealed class ServiceClient : IDisposable
{
    private readonly IReadOnlyList<Uri> _endpoints;
    private readonly HttpClient _http;
    private int _preferred;

    /// <summary>Creates a client; nothing is dialled yet.</summary>
    public ServiceClient(IReadOnlyList<Uri> endpoints, int preferred, TimeSpan callTimeout)
    {
        _endpoints = endpoints;
        _preferred = preferred;
        _http = new HttpClient(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(1) })
        {
            Timeout = callTimeout,
        };
    }

    /// <summary>Writes.</summary>
    /// <param name="call">Path and query.</param>
    /// <param name="valueOf">Makes the result for the history from that of the answer.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="HttpRequestException">The call failed; it may have been executed.</exception>
    public async Task<Receipt> WriteAsync(
        string call, Func<JsonElement, HistoryValue> valueOf, CancellationToken cancellationToken)
    {
        using JsonDocument answer = await SendAsync(HttpMethod.Post, call, cancellationToken).ConfigureAwait(false);
        WriteOutcome outcome = Enum.Parse<WriteOutcome>(answer.RootElement.GetProperty("outcome").GetString()!);
        return new Receipt(
            outcome,
            outcome == WriteOutcome.Committed ? valueOf(answer.RootElement.GetProperty("result")) : default,
            answer.RootElement.GetProperty("position").GetInt64(),
            answer.RootElement.GetProperty("reason").GetString()!);
    }

    /// <summary>Reads.</summary>
    /// <param name="call">Path and query.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="HttpRequestException">There was no answer.</exception>
    public async Task<Answer> ReadAsync(string call, CancellationToken cancellationToken)
    {
        using JsonDocument answer = await SendAsync(HttpMethod.Get, call, cancellationToken).ConfigureAwait(false);
        return new Answer(HistoryValue.Parse(answer.RootElement.GetRawText()));
    }

    /// <summary>Sends JSON.</summary>
    /// <param name="call">The path.</param>
    /// <param name="body">Becomes the JSON.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The answer; the caller disposes it.</returns>
    /// <exception cref="HttpRequestException">The call failed; it may have been executed.</exception>
    public async Task<JsonDocument> PostAsync(string call, object body, CancellationToken cancellationToken)
    {
        using ByteArrayContent content = new(JsonSerializer.SerializeToUtf8Bytes(body));
        return await SendAsync(HttpMethod.Post, call, cancellationToken, content).ConfigureAwait(false);
    }

    public void Dispose() => _http.Dispose();

    private async Task<JsonDocument> SendAsync(
        HttpMethod method, string call, CancellationToken cancellationToken, HttpContent? content = null)
    {
        try
        {
            using HttpRequestMessage request = new(method, new Uri(_endpoints[_preferred], call))
            {
                // One without content would be sent again, unseen, on a connection that had just been closed.
                Content = content ?? (method == HttpMethod.Post ? new ByteArrayContent([]) : null),
            };
            using HttpResponseMessage response =
                await _http.SendAsync(request, cancellationToken).ConfigureAwait(false);
            byte[] body = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
            return response.IsSuccessStatusCode ? JsonDocument.Parse(body)
                : throw new HttpRequestException(string.Create(
                    CultureInfo.InvariantCulture, $"The node answered {(int)response.StatusCode}."));
        }
        catch
        {
            _preferred = (_preferred + 1) % _endpoints.Count;
            throw;
        }
    }
}
