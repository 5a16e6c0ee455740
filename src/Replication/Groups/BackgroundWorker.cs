namespace Replication.Groups;

/// <summary>Does disk work that must not hold an executor up: checkpoints, measuring free space.</summary>
internal static class BackgroundWorker
{
    /// <summary>Does what was in the inbox, one after the other.</summary>
    /// <param name="items">The work, in order.</param>
    public static void Run(InboxItem? items)
    {
        while (items is not null)
        {
            InboxItem? next = items.Next;
            items.Next = null;
            ((BackgroundItem)items).Run();
            items = next;
        }
    }
}
