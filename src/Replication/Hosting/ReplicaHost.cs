using Replication.Diagnostics;
using Replication.Errors;
using Replication.Groups;
using Replication.Groups.Shell;
using Replication.Kv;
using Replication.Log;
using Replication.Raft.Primitives;
using Replication.StateMachines;
using Replication.Storage.Identity;

namespace Replication.Hosting;

/// <summary>A node: many groups over one write-ahead log, one data directory and one connection per peer.</summary>
/// <remarks>
/// Callable from any thread. After a disk error, a broken invariant or an exception of a state machine the host is
/// faulted for
/// good: every pending and later call fails (StorageFailedException after a disk error; writes in flight end as
/// Indeterminate),
/// its connections close, the process lives on.
/// </remarks>
public sealed class ReplicaHost : IAsyncDisposable
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(10);
    private readonly ReplicaHostDefinition _definition;
    private readonly HostedGroups _groups;
    private readonly HostRuntime _runtime;

    // One close for all who ask: a second that ended early would unlock the directory while the first still writes.
    private readonly Lazy<Task> _closed;

    private ReplicaHost(ReplicaHostDefinition definition, HostedGroups groups, HostRuntime runtime)
    {
        _definition = definition;
        _groups = groups;
        _runtime = runtime;
        _closed = new Lazy<Task>(CloseAsync);
    }

    /// <summary>Gets this node.</summary>
    public NodeId NodeId => _definition.Options.NodeId;

    /// <summary>Gets the error that stopped the host; null while it is well.</summary>
    public Exception? Fault => _runtime.Fault;

    /// <summary>Gets a token that fires when the host is faulted.</summary>
    public CancellationToken Faulted => _runtime.Faulted;

    /// <summary>Gets the names of the groups, in ordinal order.</summary>
    public IReadOnlyList<string> Groups => _groups.Names;

    /// <summary>Starts a host: recovers every group from the data directory, then joins the cluster.</summary>
    /// <param name="definition">Settings, groups and the parts below.</param>
    /// <param name="cancellationToken">Stops the start.</param>
    /// <returns>The running host; dispose it to stop.</returns>
    /// <exception cref="ArgumentException">A setting is out of its bounds, a group name is taken twice or by another
    /// group's identity.</exception>
    /// <exception cref="ReplicationException">The data directory can't be used: damaged, or with groups that are not
    /// defined.</exception>
    public static async Task<ReplicaHost> StartAsync(
        ReplicaHostDefinition definition, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(definition);
        HostRuntime? runtime = null;
        try
        {
            Check(definition);
            HostedGroups groups = new(definition);
            runtime = CreateRuntime(definition, groups);
            groups.Attach(runtime);
            definition.Directory.Failed = runtime.Failed;
            ReplicaHost host = new(definition, groups, runtime);
            runtime.Faulted.UnsafeRegister(static state => ((ReplicaHost)state!).EndSubscriptions(), host);
            await runtime.StartAsync(cancellationToken).ConfigureAwait(false);
            return host;
        }
        catch
        {
            IAsyncDisposable opened = runtime is null ? definition.Transport : runtime;
            await opened.DisposeAsync().ConfigureAwait(false);
            definition.Directory.Dispose();
            throw;
        }
    }

    /// <summary>Gets a key-value store.</summary>
    /// <param name="group">The name it was defined with.</param>
    /// <returns>The store.</returns>
    /// <exception cref="ArgumentException">There is no such store on this host.</exception>
    public KeyValueStore KeyValueStore(string group) => _groups.Stores.TryGetValue(group, out KeyValueStore? store)
        ? store
        : throw new ArgumentException($"There is no key-value store '{group}' on this host; its groups are: "
            + $"{string.Join(", ", Groups)}.", nameof(group));

    /// <summary>Gets a replicated log.</summary>
    /// <param name="group">The name it was defined with.</param>
    /// <returns>The log.</returns>
    /// <exception cref="ArgumentException">There is no such log on this host.</exception>
    public ReplicatedLog ReplicatedLog(string group) => _groups.Logs.TryGetValue(group, out ReplicatedLog? log)
        ? log
        : throw new ArgumentException($"There is no replicated log '{group}' on this host; its groups are: "
            + $"{string.Join(", ", Groups)}.", nameof(group));

    /// <summary>Gets a user's state machine.</summary>
    /// <typeparam name="TMachine">The machine's type.</typeparam>
    /// <param name="group">The name it was defined with.</param>
    /// <returns>The machine as a group.</returns>
    /// <exception cref="ArgumentException">There is no such machine on this host, or it has another type.</exception>
    public ReplicatedStateMachine<TMachine> StateMachine<TMachine>(string group)
        where TMachine : IStateMachine =>
        _groups.Machines.TryGetValue(group, out GroupClient? client) && _definition.StateMachines[group] is TMachine own
            ? new ReplicatedStateMachine<TMachine>(client, own, _definition.Options.SessionTimeout)
            : throw new ArgumentException(
                $"There is no {typeof(TMachine).Name} '{group}' on this host; its groups are: "
                    + $"{string.Join(", ", Groups)}.",
                nameof(group));

    /// <summary>Gets what a group is on this node.</summary>
    /// <param name="group">Its name.</param>
    /// <returns>A copy as of the group's last turn.</returns>
    /// <exception cref="ArgumentException">There is no such group on this host.</exception>
    public GroupStatus Status(string group) => Client(group).Status;

    /// <summary>Hands the leadership of a group over, if this node leads it (thesis §3.10).</summary>
    /// <param name="group">Its name.</param>
    /// <param name="target">The node that shall lead; none picks the most up-to-date one.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <returns>Whether another node is known to lead when the call returns, at the latest after twice the longest
    /// election timeout.</returns>
    /// <exception cref="ArgumentException">There is no such group on this host, or the target is no member.</exception>
    public async Task<bool> TransferLeadershipAsync(string group, NodeId target,
        CancellationToken cancellationToken = default)
    {
        GroupClient client = Client(group);
        if (!target.IsNone && !_definition.Directory.Members.Any(member => member.NodeId == target))
        {
            throw new ArgumentException($"Node {target} is no member of this cluster.", nameof(target));
        }

        _runtime.TransferLeadership(group, target);
        TimeProvider time = _definition.TimeProvider;
        long start = time.GetTimestamp();
        while (true)
        {
            NodeId leader = client.Status.Raft.Leader;
            if (!leader.IsNone && leader != NodeId)
            {
                return true;
            }

            if (time.GetElapsedTime(start) > 2 * _definition.Options.ElectionTimeoutMax || Fault is not null)
            {
                return false;
            }

            await Task.Delay(PollInterval, time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Stops: refuses new work, hands leadership over, flushes, closes. Pending writes end as committed or
    /// Indeterminate.</summary>
    /// <returns>Completes when everything is closed, within 10 s; called again it is the same stop.</returns>
    /// <exception cref="StorageFailedException">The disk hangs: files and lock stay open until the process
    /// ends.</exception>
    public ValueTask DisposeAsync() => new(_closed.Value);

    private async Task CloseAsync()
    {
        try
        {
            await _runtime.DisposeAsync().ConfigureAwait(false);
        }
        finally
        {
            _groups.End(new ObjectDisposedException(nameof(ReplicaHost), "The host is stopped."));
        }

        _definition.Directory.Dispose();
    }

    private static void Check(ReplicaHostDefinition definition)
    {
        List<string> failures = ReplicaHostOptionsValidator.Check(definition.Options);
        if (failures.Count > 0)
        {
            throw new ArgumentException($"The host's settings are wrong: {string.Join(' ', failures)}",
                nameof(definition));
        }

        NodeIdentity identity = definition.Directory.Identity;
        if (identity.NodeId != definition.Options.NodeId || identity.ClusterId != definition.Options.ClusterId)
        {
            throw new ArgumentException(
                $"The data directory is that of node {identity.NodeId} of cluster {identity.ClusterId}, but the "
                    + $"settings are for node {definition.Options.NodeId} of cluster {definition.Options.ClusterId}.",
                nameof(definition));
        }

        definition.Directory.RequireLogOfKnownNode(HostParts.LogDirectory);
    }

    private static HostRuntime CreateRuntime(ReplicaHostDefinition definition, HostedGroups groups)
    {
        try
        {
            return new HostRuntime(new HostParts
            {
                Options = definition.Options,
                Members = definition.Directory.Members,
                Files = definition.Directory.Files,
                Records = definition.Records,
                Transport = definition.Transport,
                Groups = groups.Parts,
                TimeProvider = definition.TimeProvider,
                LoggerFactory = definition.LoggerFactory,
                Metrics = new ReplicationMetrics(definition.MeterFactory),
            });
        }
        catch
        {
            groups.Dispose();
            throw;
        }
    }

    private void EndSubscriptions() => _groups.End(HostErrors.For(_runtime.Fault!));

    private GroupClient Client(string group)
    {
        ArgumentNullException.ThrowIfNull(group);
        return _runtime.Client(group) ?? throw new ArgumentException(
            $"There is no group '{group}' on this host; its groups are: {string.Join(", ", Groups)}.", nameof(group));
    }
}
