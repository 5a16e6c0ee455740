using Replication.Grpc.Api.V1;
using Replication.Grpc.Wire;

namespace Replication.Grpc.Remote;

/// <summary>What a call does, and so when it may be made again.</summary>
internal enum CallKind
{
    /// <summary>Changes nothing, or nothing that matters twice: may always be made again.</summary>
    Read,

    /// <summary>A write without a request id: again only if it surely entered no log.</summary>
    Write,

    /// <summary>A write with a request id: may always be made again with the same one.</summary>
    SessionWrite,
}

/// <summary>How a call with its retries ended: a response, or why not.</summary>
internal readonly record struct RemoteResult<TResponse>
    where TResponse : class
{
    /// <summary>Gets the response; null if the call failed.</summary>
    public TResponse? Response { get; init; }

    /// <summary>
    /// Gets how the last attempt ended; null if the caller cancelled or the time was up before one ended.
    /// </summary>
    public RpcException? Failure { get; init; }

    /// <summary>Gets what the cluster said about the last failure; null if it said nothing.</summary>
    public ReplicationError? Error { get; init; }

    /// <summary>Gets whether some attempt, not only the last, may have entered a log.</summary>
    public bool MayHaveEntered { get; init; }

    /// <summary>Gets whether the caller's token ended the call.</summary>
    public bool IsCancelled { get; init; }
}
