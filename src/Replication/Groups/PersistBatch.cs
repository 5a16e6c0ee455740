using Replication.Raft.Primitives;
using Replication.Storage.Wal;

namespace Replication.Groups;

/// <summary>What one turn wants durable: travels to the log's writer, and comes back to the executor when it is
/// durable.</summary>
/// <remarks>One object is in one inbox at a time, and is used again after it came back.</remarks>
internal sealed class PersistBatch : ExecutorItem
{
    private readonly IInbox _home;
    private readonly List<Segment> _segments = [];
    private Exception? _error;

    /// <summary>Creates a batch.</summary>
    /// <param name="home">The inbox of the executor that fills it.</param>
    public PersistBatch(IInbox home)
    {
        _home = home;
        Wal.Completed = OnCompleted;
    }

    public WalBatch Wal { get; } = new();

    /// <summary>Gets or sets when it was handed over.</summary>
    public Instant HandedOverAt { get; set; }

    /// <summary>Notes what a step wants persisted; its entries are the last operations of the batch.</summary>
    /// <param name="group">The group.</param>
    /// <param name="sequence">The step's persist sequence.</param>
    /// <param name="count">How many entries.</param>
    public void AddSegment(ReplicaGroup group, long sequence, int count) =>
        _segments.Add(new Segment(group, sequence, count, Wal.Operations.Count - count));

    public override void Deliver(GroupExecutor executor)
    {
        if (_error is not null)
        {
            throw new Errors.StorageFailedException($"The write-ahead log failed: {_error.Message}", _error);
        }

        executor.Turn.Metrics.Flushed(executor.Turn.Now - HandedOverAt);
        foreach (Segment segment in _segments)
        {
            for (int i = 0; i < segment.Count; i++)
            {
                int operation = segment.FirstOperation + i;
                segment.Group.SetLocation(Wal.Operations[operation].Entry.Id, Wal.Locations[operation]);
            }

            segment.Group.NoteDurable(segment.Sequence);
        }

        _segments.Clear();
        Wal.Clear();
        executor.Recycle(this);
    }

    private void OnCompleted(WalBatch batch, Exception? error)
    {
        _error = error;
        _home.Post(this);
    }

    private readonly record struct Segment(
        ReplicaGroup Group, long Sequence, int Count, int FirstOperation);
}
