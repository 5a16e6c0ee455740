using System.Diagnostics.CodeAnalysis;
using Replication.Raft.Primitives;

namespace Replication.Groups.Shell;

/// <summary>An inbox with many writers and one reader that sleeps when it is empty: a lock-free list, one wake per
/// batch.</summary>
[SuppressMessage("Design", "CA1001", Justification = "Posted to for as long as somebody holds it.")]
internal sealed class LoopInbox(MonotonicClock clock) : IInbox
{
    private static readonly TimeSpan LongestSleep = TimeSpan.FromSeconds(1);
    private readonly Lock _refusing = new();

    // Costs less than half of a monitor's wait and pulse: its waker holds no lock that the woken one needs.
    private readonly AutoResetEvent _signal = new(false);
    private InboxItem? _newest;
    private int _isAsleep;
    private Action<InboxItem?>? _refuse;

    /// <inheritdoc/>
    public void Post(InboxItem item)
    {
        InboxItem? newest = Volatile.Read(ref _newest);
        while (true)
        {
            item.Next = newest;
            InboxItem? seen = Interlocked.CompareExchange(ref _newest, item, newest);
            if (seen == newest)
            {
                break;
            }

            newest = seen;
        }

        // The exchange above is a full fence: either the reader sees the item, or this sees the reader asleep.
        if (Volatile.Read(ref _isAsleep) != 0 && Interlocked.Exchange(ref _isAsleep, 0) != 0)
        {
            Wake();
        }

        if (Volatile.Read(ref _refuse) is not null)
        {
            RefuseAll();
        }
    }

    /// <summary>Ends the inbox when its reader is gone: what is in it, and what is posted later, is refused at
    /// once.</summary>
    /// <param name="refuse">Ends items; called by one thread at a time.</param>
    public void Close(Action<InboxItem?> refuse)
    {
        Interlocked.Exchange(ref _refuse, refuse);
        RefuseAll();
    }

    /// <summary>Takes everything, oldest first.</summary>
    /// <returns>The items; null if there are none.</returns>
    public InboxItem? TakeAll()
    {
        InboxItem? item = Volatile.Read(ref _newest) is null ? null : Interlocked.Exchange(ref _newest, null);
        InboxItem? first = null;
        while (item is not null)
        {
            InboxItem? next = item.Next;
            item.Next = first;
            first = item;
            item = next;
        }

        return first;
    }

    /// <summary>Sleeps until something is posted, a moment comes, or <see cref="Wake"/> is called. May wake
    /// early.</summary>
    /// <param name="until">The moment.</param>
    public void Sleep(Instant until)
    {
        Interlocked.Exchange(ref _isAsleep, 1);
        if (Volatile.Read(ref _newest) is null)
        {
            TimeSpan wait = clock.Until(until);
            if (wait > TimeSpan.Zero)
            {
                Wait(until, wait);
            }
        }

        Volatile.Write(ref _isAsleep, 0);
    }

    /// <summary>Ends a sleep, or the next one.</summary>
    public void Wake() => _signal.Set();

    private void RefuseAll()
    {
        lock (_refusing)
        {
            _refuse!(TakeAll());
        }
    }

    private void Wait(Instant until, TimeSpan wait)
    {
        // The event counts real time. On another clock the alarm ends the wait; the bound only limits a lost alarm.
        using ITimer? alarm = clock.Alarm(until, this);
        _signal.WaitOne(wait < LongestSleep ? wait : LongestSleep);
    }
}
