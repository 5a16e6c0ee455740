namespace Replication.Grpc.Wire;

/// <summary>A call ended with another status than OK.</summary>
internal sealed class RpcException : Exception
{
    public RpcException(Status status, Metadata? trailers = null, Exception? inner = null)
        : base($"{status.StatusCode}: {status.Detail}", inner)
    {
        Status = status;
        Trailers = trailers ?? Metadata.Empty;
    }

    public RpcException(StatusCode code, string detail)
        : this(new Status(code, detail))
    {
    }

    /// <summary>Gets how the call ended.</summary>
    public Status Status { get; }

    /// <summary>Gets the code alone.</summary>
    public StatusCode StatusCode => Status.StatusCode;

    /// <summary>Gets the metadata that came with the status, or that goes with it when a handler throws.</summary>
    public Metadata Trailers { get; }

    /// <summary>
    /// Gets whether it is certain that no handler saw the request: no connection, or the peer refused the stream
    /// unseen.
    /// </summary>
    public bool WasNeverSent { get; init; }

    /// <summary>
    /// Gets whether the server itself said so; false for what this side made of a broken exchange or a bad answer.
    /// </summary>
    public bool IsFromServer { get; init; }

    /// <summary>Gets the serialized details (<c>grpc-status-details-bin</c>); null if there are none.</summary>
    public byte[]? Details => Trailers.GetBytes(GrpcHeaders.StatusDetails);
}
