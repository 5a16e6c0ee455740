using Microsoft.Extensions.Logging;

namespace Replication.Grpc;

/// <summary>Log lines of the network, ids 2000 to 2999.</summary>
internal static partial class TransportEvents
{
    [LoggerMessage(2001, LogLevel.Debug, "Call {Path} passed its deadline: {Reason}")]
    public static partial void CallPassedItsDeadline(this ILogger logger, string? path, string reason);

    [LoggerMessage(2002, LogLevel.Error, "The handler of {Path} failed; its caller gets status Unknown.")]
    public static partial void HandlerFailed(this ILogger logger, string? path, Exception error);
}
