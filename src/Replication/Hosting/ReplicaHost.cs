using Replication.Groups;
using Replication.Kv;
using Replication.Log;
using Replication.Raft.Primitives;
using Replication.StateMachines;
using Replication.Storage.Identity;
using Replication.Storage.Records;
using Replication.Transport;

namespace Replication.Hosting;

/// <summary>A node: many groups over one write-ahead log, one data directory and one connection per peer.</summary>
/// <remarks>
/// Callable from any thread. After a disk error the host is faulted for good: every pending and later call fails with
/// StorageFailedException (writes in flight end as Indeterminate), its connections close, the process lives on.
/// </remarks>
public sealed class ReplicaHost : IAsyncDisposable
{
    private ReplicaHost()
    {
    }

    /// <summary>Gets this node.</summary>
    public NodeId NodeId => throw new NotImplementedException();

    /// <summary>Gets the error that stopped the host; null while it is well.</summary>
    public Exception? Fault => throw new NotImplementedException();

    /// <summary>Gets a token that fires when the host is faulted.</summary>
    public CancellationToken Faulted => throw new NotImplementedException();

    /// <summary>Gets the names of the groups, in ordinal order.</summary>
    public IReadOnlyList<string> Groups => throw new NotImplementedException();

    /// <summary>Starts a host: recovers every group from the data directory, then joins the cluster.</summary>
    /// <param name="definition">Settings, groups and the parts below.</param>
    /// <param name="cancellationToken">Stops the start.</param>
    /// <returns>The running host; dispose it to stop.</returns>
    public static Task<ReplicaHost> StartAsync(ReplicaHostDefinition definition, CancellationToken cancellationToken = default) =>
        throw new NotImplementedException();

    /// <summary>Gets a key-value store.</summary>
    /// <param name="group">The name it was defined with.</param>
    /// <returns>The store.</returns>
    /// <exception cref="ArgumentException">There is no such store on this host.</exception>
    public KeyValueStore KeyValueStore(string group) => throw new NotImplementedException();

    /// <summary>Gets a replicated log.</summary>
    /// <param name="group">The name it was defined with.</param>
    /// <returns>The log.</returns>
    /// <exception cref="ArgumentException">There is no such log on this host.</exception>
    public ReplicatedLog ReplicatedLog(string group) => throw new NotImplementedException();

    /// <summary>Gets what a group is on this node.</summary>
    /// <param name="group">Its name.</param>
    /// <returns>A copy as of the group's last turn.</returns>
    public GroupStatus Status(string group) => throw new NotImplementedException();

    /// <summary>Hands the leadership of a group over, if this node leads it (thesis §3.10).</summary>
    /// <param name="group">Its name.</param>
    /// <param name="target">The node that shall lead; none picks the most up-to-date one.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <returns>Whether another node is known to lead when the call returns.</returns>
    public Task<bool> TransferLeadershipAsync(string group, NodeId target, CancellationToken cancellationToken = default) =>
        throw new NotImplementedException();

    /// <summary>Stops: refuses new work, hands leadership over, flushes, closes. Pending writes end as committed or Indeterminate.</summary>
    /// <returns>Completes when everything is closed, within 10 s.</returns>
    public ValueTask DisposeAsync() => throw new NotImplementedException();
}

/// <summary>Everything a host is started from.</summary>
public sealed class ReplicaHostDefinition
{
    /// <summary>Gets the settings.</summary>
    public required ReplicaHostOptions Options { get; init; }

    /// <summary>Gets the open data directory; the host disposes it.</summary>
    public required DataDirectory Directory { get; init; }

    /// <summary>Gets the record logs under the write-ahead log and the engines.</summary>
    public required IRecordLogFactory Records { get; init; }

    /// <summary>Gets the network; the host disposes it.</summary>
    public required ITransport Transport { get; init; }

    /// <summary>Gets the names of the groups that are key-value stores.</summary>
    public IList<string> KeyValueStores { get; } = [];

    /// <summary>Gets the names of the groups that are replicated logs.</summary>
    public IList<string> ReplicatedLogs { get; } = [];

    /// <summary>Gets the user's state machines by group name.</summary>
    public IDictionary<string, IStateMachine> StateMachines { get; } = new Dictionary<string, IStateMachine>(StringComparer.Ordinal);

    /// <summary>Gets the clock; the system's by default.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Gets where log lines go; nowhere by default.</summary>
    public Microsoft.Extensions.Logging.ILoggerFactory LoggerFactory { get; init; } = Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance;
}
