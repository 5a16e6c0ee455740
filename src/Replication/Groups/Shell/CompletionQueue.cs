namespace Replication.Groups.Shell;

/// <summary>The calls that a turn has ended: published together by one work item, off the executor.</summary>
/// <remarks>
/// Filled and sent by the executor's loop. Publishing runs on a pool thread, where queueing each continuation is
/// cheap; the
/// continuations themselves run one by one as work items, so that one that blocks holds no other up.
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
    public void Send()
    {
        Batch batch = _batch;
        int count = batch.Proposals.Count + batch.Reads.Count;
        if (count == 0)
        {
            return;
        }

        if (count == 1)
        {
            // A lone call saves the hop: its continuation is queued to the pool from here.
            batch.Publish();
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
            Publish();
            Volatile.Write(ref owner._spare, this);
        }

        public void Publish()
        {
            foreach (PooledProposal proposal in Proposals)
            {
                proposal.Publish();
            }

            Proposals.Clear();
            foreach (PooledRead read in Reads)
            {
                read.Publish();
            }

            Reads.Clear();
        }
    }
}
