using System.Net;
using System.Net.Security;
using Microsoft.Extensions.Logging;
using Replication.Grpc.Calls;
using Replication.Grpc.Security;

namespace Replication.Grpc.Remote;

/// <summary>A node as a client knows it: its address and the connections to it.</summary>
internal sealed class Endpoint : IDisposable
{
    private readonly GrpcChannel[] _channels;
    private uint _turn;

    public Endpoint(Uri address, ReplicationClientOptions options, TimeProvider time, ILogger logger)
    {
        Address = address;
        _channels = new GrpcChannel[options.ConnectionsPerNode];
        for (int i = 0; i < _channels.Length; i++)
        {
            _channels[i] = new GrpcChannel(
                new DnsEndPoint(address.Host, address.Port),
                new GrpcChannelOptions
                {
                    Tls = TlsOf(address, options, time, logger),
                    ConnectTimeout = options.ConnectTimeout,
                    AllowsManyConnections = true,
                    Time = time,
                });
        }
    }

    public Uri Address { get; }

    /// <summary>
    /// Gets or sets until when, on the clock's timestamps, the node is asked only if no other is left.
    /// </summary>
    public long AvoidedUntil { get; set; }

    /// <summary>Gets the connection whose turn it is.</summary>
    public GrpcChannel Channel =>
        _channels.Length == 1 ? _channels[0] : _channels[Interlocked.Increment(ref _turn) % (uint)_channels.Length];

    public void Dispose()
    {
        foreach (GrpcChannel channel in _channels)
        {
            channel.Dispose();
        }
    }

    private static SslClientAuthenticationOptions? TlsOf(
        Uri address, ReplicationClientOptions options, TimeProvider time, ILogger logger)
    {
        if (address.Scheme != Uri.UriSchemeHttps)
        {
            return null;
        }

        TlsSettings tls = new(options.Certificate, options.Authorities, time, logger);
        return options.ClusterId is { } cluster ? tls.ToCluster(address.Host, cluster) : tls.ToHost(address.Host);
    }
}
