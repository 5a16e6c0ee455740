namespace Replication.Groups.Shell;

/// <summary>The calls that a turn has ended: published together by one work item, off the executor.</summary>
/// <remarks>
/// Filled and sent by the executor's loop. Publishing runs on a pool thread, where queueing each continuation is cheap;
/// the continuations themselves run one by one as work items, so that one that blocks holds no other up. That of a lone
/// call may run at once, where callers have promised not to block.
/// </remarks>
internal sealed class CompletionQueue
{
    private Batch _batch;
    private Batch? _spare;

    public CompletionQueue()
    {
        _batch = new Batch(this);
    }

    public void Add(PooledProposal proposal) => _batch.Proposals.Add(proposal);

    public void Add(PooledRead read) => _batch.Reads.Add(read);

    /// <summary>Publishes what was added since the last time.</summary>
    /// <param name="runsLone">Whether the continuation of a call that ended alone runs within this call.</param>
    public void Send(bool runsLone = false)
    {
        Batch batch = _batch;
        int count = batch.Proposals.Count + batch.Reads.Count;
        if (count == 0)
        {
            return;
        }

        if (count == 1)
        {
            // A lone call saves the hop of the batch: its continuation runs here, or is queued to the pool from here.
            batch.Publish(runsLone);
            return;
        }

        _batch = Interlocked.Exchange(ref _spare, null) ?? new Batch(this);
        ThreadPool.UnsafeQueueUserWorkItem(batch, preferLocal: false);
    }

    private sealed class Batch(CompletionQueue owner) : IThreadPoolWorkItem
    {
        public List<PooledProposal> Proposals { get; } = [];

        public List<PooledRead> Reads { get; } = [];

        public void Execute()
        {
            Publish(runsAtOnce: false);
            Volatile.Write(ref owner._spare, this);
        }

        public void Publish(bool runsAtOnce)
        {
            foreach (PooledProposal proposal in Proposals)
            {
                proposal.Publish(runsAtOnce);
            }

            Proposals.Clear();
            foreach (PooledRead read in Reads)
            {
                read.Publish(runsAtOnce);
            }

            Reads.Clear();
        }
    }
}
