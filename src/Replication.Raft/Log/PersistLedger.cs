using Replication.Raft.Primitives;

namespace Replication.Raft.Log;

/// <summary>What was handed to this node's disk and what of it is durable.</summary>
/// <remarks>
/// An entry counts as durable when the batch that wrote it is. A truncation takes its entries out of all batches that
/// are still on their way, so that the completion of an old batch never vouches for a new entry at the same index.
/// </remarks>
internal sealed class PersistLedger(LogIndex durableIndex)
{
    private readonly Ring<Batch> _batches = new();

    /// <summary>Gets the sequence of the latest batch.</summary>
    public long Sequence { get; private set; }

    /// <summary>Gets the sequence up to which batches are durable.</summary>
    public long DurableSequence { get; private set; }

    /// <summary>Gets the last index that is durable and still part of the log.</summary>
    public LogIndex DurableIndex { get; private set; } = durableIndex;

    /// <summary>Notes that the log was cut; entries of the same step come after.</summary>
    /// <param name="from">The first index removed.</param>
    public void TruncateFrom(LogIndex from)
    {
        LogIndex last = from + -1;
        DurableIndex = LogIndex.Min(DurableIndex, last);
        for (int at = 0; at < _batches.Count; at++)
        {
            ref Batch batch = ref _batches[at];
            batch = batch with { LastIndex = LogIndex.Min(batch.LastIndex, last) };
        }
    }

    /// <summary>Notes a batch.</summary>
    /// <param name="lastIndex">The last index that it appends; zero if none.</param>
    /// <returns>Its sequence.</returns>
    public long Add(LogIndex lastIndex)
    {
        Sequence++;
        _batches.Add(new Batch(Sequence, lastIndex));
        return Sequence;
    }

    /// <summary>Notes that batches are durable.</summary>
    /// <param name="sequence">The last of them.</param>
    /// <exception cref="ArgumentOutOfRangeException">It was never handed out, or is lower than one given
    /// before.</exception>
    public void Complete(long sequence)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sequence, DurableSequence);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(sequence, Sequence);
        DurableSequence = sequence;
        while (_batches.Count > 0 && _batches[0].Sequence <= sequence)
        {
            DurableIndex = LogIndex.Max(DurableIndex, _batches[0].LastIndex);
            _batches.RemoveOldest(1);
        }
    }

    private readonly record struct Batch(long Sequence, LogIndex LastIndex);
}
