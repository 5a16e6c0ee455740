using Microsoft.Extensions.Logging;

namespace Replication.Diagnostics;

/// <summary>Log lines of what arrives from peers: 2090 to 2099; a network package has the rest of the block.</summary>
internal static partial class PeerEvents
{
    [LoggerMessage(2090, LogLevel.Warning, "A message of peer {Peer} is for group {GroupId}, which this node "
        + "does not have: dropped.")]
    public static partial void UnknownGroup(this ILogger logger, int peer, string groupId);
}
