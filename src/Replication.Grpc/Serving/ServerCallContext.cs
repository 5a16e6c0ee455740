using Microsoft.AspNetCore.Http;
using Replication.Grpc.Wire;

namespace Replication.Grpc.Serving;

/// <summary>What a handler knows of the call that it answers. Void after the handler has returned.</summary>
internal sealed class ServerCallContext(HttpContext http, TimeSpan? timeout, CancellationToken cancellationToken)
{
    private Metadata? _requestHeaders;

    /// <summary>Gets a token that fires when the caller went away, its deadline passed, or the server stops.</summary>
    public CancellationToken CancellationToken { get; } = cancellationToken;

    /// <summary>
    /// Gets the time that the caller gave, counted from the arrival of the request; null without a deadline.
    /// </summary>
    public TimeSpan? Timeout { get; } = timeout;

    /// <summary>Gets metadata to send with the status.</summary>
    public Metadata ResponseTrailers => ResponseTrailersOrNull ??= new Metadata();

    /// <summary>Gets the metadata to send with the status if a handler asked for it.</summary>
    internal Metadata? ResponseTrailersOrNull { get; private set; }

    /// <summary>Gets the caller's metadata.</summary>
    public Metadata RequestHeaders => _requestHeaders ??= ReadHeaders();

    private Metadata ReadHeaders()
    {
        Metadata metadata = new();
        foreach ((string name, Microsoft.Extensions.Primitives.StringValues values) in http.Request.Headers)
        {
            if (GrpcHeaders.IsReserved(name))
            {
                continue;
            }

            foreach (string? value in values)
            {
                metadata.AddReceived(name, value ?? "");
            }
        }

        return metadata;
    }
}
