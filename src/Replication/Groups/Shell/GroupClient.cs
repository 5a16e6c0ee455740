using Replication.Primitives;
using Replication.Raft.Primitives;

namespace Replication.Groups.Shell;

/// <summary>The awaitable face of one group on this host: what stores propose and read through. Callable from any
/// thread.</summary>
internal abstract class GroupClient
{
    /// <summary>Gets the group's name.</summary>
    public abstract string Name { get; }

    /// <summary>Gets what the group is on this node, as of its last turn.</summary>
    public abstract GroupStatus Status { get; }

    /// <summary>Throws if the host is faulted or stopped; for reads that ask nobody else.</summary>
    public abstract void ThrowIfStopped();

    /// <summary>Proposes an entry payload; on a follower forwards it to the leader if allowed. Waits for room in the
    /// queues.</summary>
    /// <param name="payload">The payload (see CommandEnvelope); not changed afterwards.</param>
    /// <param name="cancellationToken">Before it entered the queue: OperationCanceledException; after:
    /// Indeterminate.</param>
    public abstract ValueTask<ProposalCompletion> ProposeAsync(ReadOnlyMemory<byte> payload,
        CancellationToken cancellationToken);

    /// <summary>Waits until this node may answer a linearizable read from its applied state.</summary>
    /// <exception cref="Errors.ReplicationException">QuorumUnavailableException: no leader confirmed itself in
    /// time.</exception>
    public abstract ValueTask<ReadPosition> ReadIndexAsync(CancellationToken cancellationToken);

    /// <summary>Runs a query on the group's applier, between two applies, after a <see cref="ReadIndexAsync"/> if the
    /// caller wants that.</summary>
    public abstract ValueTask<T> QueryAsync<T>(Func<T> query, CancellationToken cancellationToken);
}

/// <summary>From which state a read may be answered.</summary>
internal readonly record struct ReadPosition(LogId AppliedId, Term Term, NodeId Leader);
