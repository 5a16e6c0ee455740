using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Replication.Storage.Engine;
using Replication.Storage.Files;
using Replication.Storage.Identity;
using Replication.Storage.Records;

namespace Replication.Hosting;

/// <summary>Adds a host to a service collection. Everything also works without it: see
/// <see cref="ReplicaHost.StartAsync"/>.</summary>
public static class ReplicationServices
{
    /// <summary>Adds a host that starts and stops with the application; its stores are reached through
    /// <see cref="ReplicaHostAccess"/>.</summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Sets the settings; they are checked at start.</param>
    /// <returns>What adds groups and chooses storage and network.</returns>
    public static ReplicationBuilder AddReplication(this IServiceCollection services,
        Action<ReplicaHostOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        services.AddOptionsWithValidateOnStart<ReplicaHostOptions, ReplicaHostOptionsValidator>().Configure(configure);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ReplicaHostAccess>();
        services.AddHostedService<ReplicaHostLifetime>();
        return new ReplicationBuilder(services);
    }

    internal static ReplicaHostDefinition Define(IServiceProvider services)
    {
        ReplicaHostOptions options = services.GetRequiredService<IOptions<ReplicaHostOptions>>().Value;
        IFileSystem files = services.GetService<IFileSystem>() ?? throw Missing("storage", "UseFaster(directory)");
        TransportRegistration transport = services.GetService<TransportRegistration>() ?? throw Missing("network",
            "UseGrpc()");
        DataDirectory directory = DataDirectory.Open(files, options.ClusterId, options.NodeId);
        try
        {
            ReplicaHostDefinition definition = new()
            {
                Options = options,
                Directory = directory,
                Records = services.GetRequiredService<IRecordLogFactory>(),
                Engines = services.GetService<IKeyValueEngineFactory>() ?? new CopyOnWriteEngineFactory(),
                Transport = transport.Create(services, directory),
                TimeProvider = services.GetRequiredService<TimeProvider>(),
                LoggerFactory = services.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance,
                MeterFactory = services.GetService<IMeterFactory>(),
            };
            foreach (GroupRegistration group in services.GetServices<GroupRegistration>())
            {
                group.Define(definition, services);
            }

            return definition;
        }
        catch
        {
            directory.Dispose();
            throw;
        }
    }

    private static InvalidOperationException Missing(string part, string call) =>
        new($"AddReplication has no {part}: call {call} or UseInMemory() on the builder that it returns.");
}
