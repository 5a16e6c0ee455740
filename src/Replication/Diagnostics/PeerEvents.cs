using Microsoft.Extensions.Logging;

namespace Replication.Diagnostics;

/// <summary>Log lines of what arrives from peers: 2000 to 2099; transports have the rest of the block.</summary>
internal static partial class PeerEvents
{
    [LoggerMessage(2001, LogLevel.Warning, "A message of peer {Peer} is for group {GroupId}, which this node "
        + "does not have: dropped.")]
    public static partial void UnknownGroup(this ILogger logger, int peer, string groupId);
}
