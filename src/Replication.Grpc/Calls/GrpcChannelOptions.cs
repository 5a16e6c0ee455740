using System.Net.Security;
using Replication.Grpc.Wire;

namespace Replication.Grpc.Calls;

/// <summary>How a channel connects.</summary>
internal sealed class GrpcChannelOptions
{
    /// <summary>Gets the TLS settings; null for plain text by prior knowledge.</summary>
    public SslClientAuthenticationOptions? Tls { get; init; }

    /// <summary>Gets the longest time to wait for a connection, TLS handshake included.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Gets after how much silence the server is asked whether it is still there, while calls run. At least 1 s.
    /// </summary>
    public TimeSpan KeepAliveInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Gets how long its answer may take before the connection is given up. At least 1 s.</summary>
    public TimeSpan KeepAliveTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Gets the limit of a received message.</summary>
    public int MessageBytesMax { get; init; } = MessageFrame.MessageBytesMaxDefault;

    /// <summary>Gets whether more connections are opened when one has no stream left.</summary>
    public bool AllowsManyConnections { get; init; }

    /// <summary>Gets the clock of deadlines.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
