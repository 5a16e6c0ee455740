using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Replication.StateMachines;
using Replication.Storage.Engine;
using Replication.Storage.Files;
using Replication.Storage.Identity;
using Replication.Storage.Records;
using Replication.Transport;

namespace Replication.Hosting;

/// <summary>Says what the host of a service collection consists of. Add members add a group, Use members replace a
/// part.</summary>
public sealed class ReplicationBuilder
{
    internal ReplicationBuilder(IServiceCollection services)
    {
        Services = services;
    }

    /// <summary>Gets the services.</summary>
    public IServiceCollection Services { get; }

    /// <summary>Adds a group that is a key-value store.</summary>
    /// <param name="group">Its name: 1 to 128 characters, equal on all nodes.</param>
    /// <returns>This builder.</returns>
    public ReplicationBuilder AddKeyValueStore(string group) => Add(new GroupRegistration(group, (definition, _) =>
        definition.KeyValueStores.Add(group)));

    /// <summary>Adds a group that is a replicated log.</summary>
    /// <param name="group">Its name: 1 to 128 characters, equal on all nodes.</param>
    /// <returns>This builder.</returns>
    public ReplicationBuilder AddReplicatedLog(string group) => Add(new GroupRegistration(group, (definition, _) =>
        definition.ReplicatedLogs.Add(group)));

    /// <summary>Adds a group that runs a state machine of the user's, taken from the services when the host
    /// starts.</summary>
    /// <typeparam name="T">The machine; registered as a singleton if it isn't yet.</typeparam>
    /// <param name="group">Its name: 1 to 128 characters, equal on all nodes.</param>
    /// <returns>This builder.</returns>
    public ReplicationBuilder AddStateMachine<[System.Diagnostics.CodeAnalysis.DynamicallyAccessedMembers(
        System.Diagnostics.CodeAnalysis.DynamicallyAccessedMemberTypes.PublicConstructors)] T>(string group)
        where T : class, IStateMachine
    {
        Services.TryAddSingleton<T>();
        return Add(new GroupRegistration(group, (definition, services) =>
            definition.StateMachines.Add(group, services.GetRequiredService<T>())));
    }

    /// <summary>Sets where the node's files are, and the record logs in them.</summary>
    /// <param name="files">Gives the root of the node's files; it must hold an initialized data directory.</param>
    /// <param name="records">Gives the record logs.</param>
    /// <returns>This builder.</returns>
    public ReplicationBuilder UseStorage(Func<IServiceProvider, IFileSystem> files, Func<IServiceProvider,
        IRecordLogFactory> records)
    {
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(records);
        Services.Replace(ServiceDescriptor.Singleton(files));
        Services.Replace(ServiceDescriptor.Singleton(records));
        return this;
    }

    /// <summary>Sets the key-value engines under the stores and logs. A data directory keeps the kind that it began
    /// with.</summary>
    /// <param name="engines">Gives what opens them.</param>
    /// <returns>This builder.</returns>
    public ReplicationBuilder UseKeyValueEngine(Func<IServiceProvider, IKeyValueEngineFactory> engines)
    {
        ArgumentNullException.ThrowIfNull(engines);
        Services.Replace(ServiceDescriptor.Singleton(engines));
        return this;
    }

    /// <summary>Sets the network.</summary>
    /// <param name="transport">Makes it for a node, from its open data directory; the host disposes it.</param>
    /// <returns>This builder.</returns>
    public ReplicationBuilder UseTransport(Func<IServiceProvider, DataDirectory, ITransport> transport)
    {
        ArgumentNullException.ThrowIfNull(transport);
        Services.Replace(ServiceDescriptor.Singleton(new TransportRegistration(transport)));
        return this;
    }

    /// <summary>Keeps the node in memory, on its own: for tests and trials. Nothing outlives the process.</summary>
    /// <param name="network">The network that the nodes of the process share.</param>
    /// <param name="files">The node's disk, initialized as a data directory.</param>
    /// <returns>This builder.</returns>
    public ReplicationBuilder UseInMemory(Transport.InMemory.InMemoryNetwork network, InMemoryFileSystem files)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(files);
        return UseStorage(_ => files, _ => new SegmentRecordLogFactory())
            .UseTransport((_, directory) => network.CreateTransport(directory.Identity.NodeId));
    }

    private ReplicationBuilder Add(GroupRegistration registration)
    {
        ArgumentException.ThrowIfNullOrEmpty(registration.Name, "group");
        Services.AddSingleton(registration);
        return this;
    }
}

/// <summary>A group to be defined.</summary>
internal sealed record GroupRegistration(string Name, Action<ReplicaHostDefinition, IServiceProvider> Define);

/// <summary>How the network is made.</summary>
internal sealed record TransportRegistration(Func<IServiceProvider, DataDirectory, ITransport> Create);
