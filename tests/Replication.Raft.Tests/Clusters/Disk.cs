using Replication.Raft.Primitives;

namespace Replication.Raft.Tests.Clusters;

/// <summary>What one output asks to persist.</summary>
internal sealed record Batch(long Sequence, HardState? HardState, LogIndex TruncateFrom, Entry[] Entries);

/// <summary>A node's disk: what survives a crash, and batches that are on their way to it.</summary>
internal sealed class Disk
{
    private readonly Queue<Batch> _pending = new();

    public HardState HardState { get; private set; }

    public LogId Base { get; private set; }

    /// <summary>Gets the durable entries behind the base.</summary>
    public List<Entry> Entries { get; } = [];

    public LogIndex LastIndex => Base.Index + Entries.Count;

    public int PendingCount => _pending.Count;

    public Entry At(LogIndex index) => Entries[(int)(index - Base.Index - 1)];

    public void Submit(Batch batch) => _pending.Enqueue(batch);

    /// <summary>Makes the oldest batch durable.</summary>
    public long Flush()
    {
        Batch batch = _pending.Dequeue();
        Write(batch, batch.Entries.Length);
        return batch.Sequence;
    }

    /// <summary>Loses what is pending, but for a prefix that reached the disk unnoticed.</summary>
    public void Crash(int survivingBatches, int survivingEntries)
    {
        while (survivingBatches-- > 0 && _pending.Count > 0)
        {
            Flush();
        }

        if (_pending.TryDequeue(out Batch? torn) && survivingEntries > 0)
        {
            Write(torn, Math.Min(survivingEntries, torn.Entries.Length));
        }

        _pending.Clear();
    }

    public void Compact(LogId upTo)
    {
        if (upTo.Index > Base.Index)
        {
            Entries.RemoveRange(0, (int)(upTo.Index - Base.Index));
            Base = upTo;
        }
    }

    private void Write(Batch batch, int entries)
    {
        HardState = batch.HardState ?? HardState;
        if (batch.TruncateFrom > LogIndex.Zero)
        {
            int kept = (int)(batch.TruncateFrom - Base.Index - 1);
            Entries.RemoveRange(kept, Entries.Count - kept);
        }

        Entries.AddRange(batch.Entries.AsSpan(0, entries));
    }
}
