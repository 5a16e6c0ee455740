using Replication.Storage.Wal;

namespace Replication.Groups;

/// <summary>Writes the batches of all executors to the write-ahead log: appends every one that waits, then flushes
/// once.</summary>
/// <remarks>Stepped by its loop; completions are posted to the executors. While a flush runs, the next batches gather
/// in the inbox.</remarks>
internal sealed class WalWriter(WriteAheadLog log)
{
    /// <summary>Appends what was in the inbox.</summary>
    /// <param name="items">The batches, in order.</param>
    public void Append(InboxItem? items)
    {
        while (items is not null)
        {
            InboxItem? next = items.Next;
            items.Next = null;
            log.Append(((PersistBatch)items).Wal);
            items = next;
        }
    }

    /// <summary>Makes durable what was appended; does nothing if nothing was.</summary>
    public void Flush()
    {
        if (log.NeedsFlush)
        {
            log.Flush();
        }
    }
}
