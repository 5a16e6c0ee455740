using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Replication.Grpc.Remote;

namespace Replication.Grpc;

/// <summary>Reaches the stores of a cluster from a program that hosts no replica. Callable from any thread.</summary>
public sealed class ReplicationClient : IDisposable
{
    private readonly EndpointSet _endpoints;
    private readonly RemoteCaller _caller;

    /// <summary>Creates a client. Nothing is dialled before the first call.</summary>
    /// <param name="options">The settings; checked and copied here.</param>
    /// <param name="loggers">Where log lines go; nowhere by default.</param>
    /// <param name="time">The clock; the system's by default.</param>
    /// <exception cref="ArgumentException">A setting is out of its bounds.</exception>
    public ReplicationClient(ReplicationClientOptions options, ILoggerFactory? loggers = null,
        TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        options = options.Copy();
        ReplicationClientOptionsValidation.Validate(options);
        TimeProvider clock = time ?? TimeProvider.System;
        ILogger logger = (loggers ?? NullLoggerFactory.Instance).CreateLogger("Replication.Grpc");
        _endpoints = new EndpointSet(options, clock, logger);
        _caller = new RemoteCaller(_endpoints, options.CallTimeout, options.AttemptTimeout, clock);
    }

    /// <summary>Gets a key-value store of the cluster. Nothing is asked of the cluster.</summary>
    /// <param name="group">The name it was defined with.</param>
    /// <returns>The store.</returns>
    public RemoteKeyValueStore KeyValueStore(string group)
    {
        ArgumentException.ThrowIfNullOrEmpty(group);
        return new RemoteKeyValueStore(group, _caller);
    }

    /// <summary>Closes the connections. Writes under way end as Indeterminate, reads with an exception.</summary>
    public void Dispose() => _endpoints.Dispose();
}
