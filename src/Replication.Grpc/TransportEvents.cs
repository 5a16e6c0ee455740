using Microsoft.Extensions.Logging;
using Replication.Grpc.Peers;

namespace Replication.Grpc;

/// <summary>Log lines of the network, ids 2000 to 2999.</summary>
internal static partial class TransportEvents
{
    [LoggerMessage(2001, LogLevel.Debug, "Call {Path} passed its deadline: {Reason}")]
    public static partial void CallPassedItsDeadline(this ILogger logger, string? path, string reason);

    [LoggerMessage(2002, LogLevel.Error, "The handler of {Path} failed; its caller gets status Unknown.")]
    public static partial void HandlerFailed(this ILogger logger, string? path, Exception error);

    [LoggerMessage(2010, LogLevel.Information, "Node {NodeId} listens on {Address}.")]
    public static partial void Listening(this ILogger logger, int nodeId, Uri address);

    [LoggerMessage(2011, LogLevel.Warning,
        "Node {NodeId} speaks PLAIN TEXT beyond this machine, "
        + "because AllowPlaintextBeyondLoopback is set: anyone on the way can read and change everything.")]
    public static partial void PlaintextBeyondLoopback(this ILogger logger, int nodeId);

    [LoggerMessage(2020, LogLevel.Warning, "The certificate of server {Host} is refused: {Reason}.")]
    public static partial void ServerCertificateRefused(this ILogger logger, string host, string reason);

    [LoggerMessage(2021, LogLevel.Warning, "The caller at {Address} with {Certificate} is refused: {Reason}.")]
    public static partial void CallerCertificateRefused(this ILogger logger, string address, string certificate,
        string reason);

    [LoggerMessage(2030, LogLevel.Information, "Connected to node {Peer} at {Address}, protocol version {Version}.")]
    public static partial void PeerConnected(this ILogger logger, int peer, Uri address, int version);

    [LoggerMessage(2031, LogLevel.Information, "The connection to node {Peer} at {Address} is lost: {Reason}")]
    public static partial void PeerLost(this ILogger logger, int peer, Uri address, string reason);

    [LoggerMessage(2032, LogLevel.Warning,
        "Node {Peer} at {Address} can't be reached: {Reason} Further failures with this reason are not logged.")]
    public static partial void PeerUnreachable(this ILogger logger, int peer, Uri address, string reason);

    [LoggerMessage(2033, LogLevel.Warning, "A peer stream from {Address} is refused: {Reason}")]
    public static partial void PeerRefused(this ILogger logger, string address, string reason);

    [LoggerMessage(2034, LogLevel.Error,
        "Node {Peer} sent something that can't be understood; its stream is closed: {Reason}")]
    public static partial void PeerMessageMalformed(this ILogger logger, int peer, string reason);

    [LoggerMessage(2035, LogLevel.Debug, "Node {Peer} opened its {Stream} stream.")]
    public static partial void PeerStreamOpened(this ILogger logger, int peer, PeerStream stream);
}
