namespace Replication.Groups;

/// <summary>Something that waits in an inbox; a link of the inbox's own list, so that posting allocates
/// nothing.</summary>
/// <remarks>In one list at a time: whoever holds the item owns <see cref="Next"/>.</remarks>
internal abstract class InboxItem
{
    /// <summary>Gets or sets the item behind this one.</summary>
    public InboxItem? Next { get; set; }
}

/// <summary>An item for a group executor.</summary>
internal abstract class ExecutorItem : InboxItem
{
    /// <summary>Handles the item; on the executor, within a turn.</summary>
    /// <param name="executor">The executor.</param>
    public abstract void Deliver(GroupExecutor executor);

    /// <summary>Ends the item on an executor that has failed.</summary>
    /// <param name="error">Why it failed.</param>
    public virtual void Refuse(Exception error)
    {
    }
}

/// <summary>Where items for one owner are posted. Callable from anywhere; never blocks.</summary>
/// <remarks>In production a lock-free list that wakes a loop; in a simulation a list that an event empties.</remarks>
internal interface IInbox
{
    /// <summary>Adds an item.</summary>
    /// <param name="item">The item; the inbox owns it until its owner takes it.</param>
    void Post(InboxItem item);
}
