using Microsoft.Extensions.Logging;
using Replication.Raft.Primitives;
using Replication.Transport;

namespace Replication.Grpc.Peers;

/// <summary>What the accepting side of peer connections is made of.</summary>
internal sealed class PeerListenerSettings
{
    public required IPeerJudge Judge { get; init; }

    /// <summary>Gets whether a dialler must show the certificate of a node.</summary>
    public required bool UsesTls { get; init; }

    public required ITransportHandler Handler { get; init; }

    /// <summary>Gets who is told of each accepted stream; the way to that peer is probably free now.</summary>
    public required Action<NodeId> Opened { get; init; }

    public required TimeSpan ConnectTimeout { get; init; }

    public required TimeSpan KeepAliveInterval { get; init; }

    public required TimeSpan KeepAliveTimeout { get; init; }

    public required ILogger Logger { get; init; }

    public required TimeProvider Time { get; init; }
}
