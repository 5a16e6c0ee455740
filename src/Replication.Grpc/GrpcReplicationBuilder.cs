using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Replication.Hosting;

namespace Replication.Grpc;

/// <summary>The gRPC network for a host that is made from services.</summary>
public static class GrpcReplicationBuilder
{
    /// <summary>Connects the node to its peers over gRPC, and serves its stores to clients once it has
    /// started.</summary>
    /// <param name="builder">The builder that AddReplication returned.</param>
    /// <param name="configure">Sets the settings; they are checked at start. Null for the defaults.</param>
    /// <returns>The builder.</returns>
    public static ReplicationBuilder UseGrpc(
        this ReplicationBuilder builder, Action<GrpcTransportOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        GrpcTransport? transport = null;
        builder.UseTransport((services, directory) =>
        {
            GrpcTransportOptions options = new();
            configure?.Invoke(options);
            transport = new GrpcTransport(
                options,
                directory,
                services.GetService<ILoggerFactory>(),
                services.GetRequiredService<TimeProvider>());
            return transport;
        });

        // Hosted services start in the order added: the host runs by now.
        builder.Services.AddSingleton<IHostedService>(services => new ServingOnceStarted(
            () => transport!.Serve(services.GetRequiredService<ReplicaHostAccess>().Host)));
        return builder;
    }

    /// <summary>Begins to serve clients when the host has started; the host itself closes the transport.</summary>
    private sealed class ServingOnceStarted(Action serve) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            serve();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
