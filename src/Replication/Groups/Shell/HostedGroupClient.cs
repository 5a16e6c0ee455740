using Replication.Primitives;

namespace Replication.Groups.Shell;

/// <summary>The client of a group that runs on an executor of this host.</summary>
internal sealed class HostedGroupClient : GroupClient
{
    private const int PooledMax = 4096;
    private readonly ReplicaGroup _group;
    private readonly LoopInbox _inbox;
    private readonly bool _callersStep;
    private readonly Func<Exception?> _refusal;
    private readonly ObjectPool<PooledProposal> _proposals;
    private readonly ObjectPool<PooledRead> _reads;

    /// <summary>Creates a client.</summary>
    /// <param name="group">The group.</param>
    /// <param name="inbox">The inbox of its executor.</param>
    /// <param name="completions">Where its executor puts what it has ended.</param>
    /// <param name="callersStep">Whether a call may run a step of the executor that sleeps.</param>
    /// <param name="refusal">Why calls fail at once: the host is faulted or disposed; null while it runs.</param>
    public HostedGroupClient(ReplicaGroup group, LoopInbox inbox, CompletionQueue completions, bool callersStep,
        Func<Exception?> refusal)
    {
        _group = group;
        _inbox = inbox;
        _callersStep = callersStep;
        _refusal = refusal;
        _proposals = new ObjectPool<PooledProposal>(pool => new PooledProposal(pool, completions), PooledMax);
        _reads = new ObjectPool<PooledRead>(pool => new PooledRead(pool, completions), PooledMax);
    }

    public override string Name => _group.Name;

    public override GroupStatus Status => _group.Status;

    public override void ThrowIfStopped()
    {
        if (_refusal() is { } refusal)
        {
            throw refusal;
        }
    }

    public override ValueTask<ProposalCompletion> ProposeAsync(ReadOnlyMemory<byte> payload,
        CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_refusal() is { } refusal)
        {
            return ValueTask.FromException<ProposalCompletion>(refusal);
        }

        PooledProposal proposal = _proposals.Rent();
        ValueTask<ProposalCompletion> task = proposal.Begin(_group, payload, cancellationToken);
        Post(proposal);
        return task;
    }

    public override ValueTask<ReadPosition> ReadIndexAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_refusal() is { } refusal)
        {
            return ValueTask.FromException<ReadPosition>(refusal);
        }

        PooledRead read = _reads.Rent();
        ValueTask<ReadPosition> task = read.Begin(_group, cancellationToken);
        Post(read);
        return task;
    }

    public override ValueTask<T> QueryAsync<T>(Func<T> query, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_refusal() is { } refusal)
        {
            return ValueTask.FromException<T>(refusal);
        }

        GroupQuery<T> item = new(query, cancellationToken);
        _inbox.Post(item);
        return new ValueTask<T>(item.Task);
    }

    private void Post(InboxItem item)
    {
        _inbox.Add(item);
        if (_callersStep)
        {
            _inbox.Run();
        }
        else
        {
            _inbox.Notify();
        }
    }
}
