using System.Net.Security;
using Replication.Raft.Primitives;

namespace Replication.Grpc.Peers;

/// <summary>What a link to one peer is made of.</summary>
internal sealed class PeerLinkSettings
{
    public required NodeId Peer { get; init; }

    /// <summary>Gets where it is dialled.</summary>
    public required Uri Address { get; init; }

    /// <summary>Makes the TLS options for one connection; null for plain text.</summary>
    public Func<SslClientAuthenticationOptions>? Tls { get; init; }

    public required TimeSpan ConnectTimeout { get; init; }

    public required TimeSpan ReconnectDelayMin { get; init; }

    public required TimeSpan ReconnectDelayMax { get; init; }

    public required TimeSpan KeepAliveInterval { get; init; }

    public required TimeSpan KeepAliveTimeout { get; init; }

    public required int QueueMessagesMax { get; init; }

    public required long ControlQueueBytesMax { get; init; }

    public required long BulkQueueBytesMax { get; init; }

    public required TimeProvider Time { get; init; }
}
