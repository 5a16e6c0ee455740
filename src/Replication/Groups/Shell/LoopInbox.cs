using System.Diagnostics.CodeAnalysis;
using Replication.Raft.Primitives;

namespace Replication.Groups.Shell;

/// <summary>An inbox with many writers and one owner at a time: its loop's thread or, while that sleeps, a writer that
/// runs a step in its place.</summary>
/// <remarks>
/// A lock-free list. Waking a sleeping thread costs more than most steps, and the writer is awake: with
/// <see cref="Run"/> it runs one step itself; what came meanwhile goes to the thread.
/// </remarks>
[SuppressMessage("Design", "CA1001", Justification = "Posted to for as long as somebody holds it.")]
internal sealed class LoopInbox : IInbox
{
    private const int Asleep = 0;
    private const int Owned = 1;
    private const int HandedOver = 2;
    private static readonly TimeSpan LongestSleep = TimeSpan.FromSeconds(1);
    private readonly MonotonicClock _clock;
    private readonly Lock _refusing = new();

    // Costs less than half of a monitor's wait and pulse: its waker holds no lock that the woken one needs.
    private readonly AutoResetEvent _signal = new(false);
    private InboxItem? _newest;
    private Action<InboxItem?>? _refuse;

    // Asleep: whoever moves it on owns the next step. Owned from the start, until the thread sleeps for the first time.
    private int _state = Owned;

    // When the next step is due at the latest; written by the owner.
    private long _due;

    // Until when the thread sleeps, if nobody wakes it.
    private long _sleepsUntil;
    private int _isWoken;

    /// <summary>Creates an inbox.</summary>
    /// <param name="clock">By which its owner sleeps.</param>
    public LoopInbox(MonotonicClock clock)
    {
        _clock = clock;
        Quiet = new QuietInbox(this);
    }

    /// <summary>Gets or sets the step that <see cref="Run"/> runs in place of a sleeping owner; null if only the thread
    /// may run steps. Returns when the next one is due.</summary>
    public Func<Instant>? StepInPlace { get; set; }

    /// <summary>Gets whether nothing waits.</summary>
    public bool IsEmpty => Volatile.Read(ref _newest) is null;

    /// <summary>Gets the same inbox for writers who call <see cref="Run"/> or <see cref="Notify"/>
    /// afterwards.</summary>
    public IInbox Quiet { get; }

    /// <inheritdoc/>
    public void Post(InboxItem item)
    {
        Add(item);
        Notify();
    }

    /// <summary>Adds an item and wakes nobody: <see cref="Run"/> or <see cref="Notify"/> follows.</summary>
    /// <param name="item">The item.</param>
    public void Add(InboxItem item)
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

        // The exchange above is a full fence: either the owner sees the item, or the writer sees the owner asleep.
        if (Volatile.Read(ref _refuse) is not null)
        {
            RefuseAll();
        }
    }

    /// <summary>Has the thread handle what was added.</summary>
    public void Notify()
    {
        if (Volatile.Read(ref _state) == Asleep && !IsEmpty && TryMove(Asleep, HandedOver))
        {
            _signal.Set();
        }
    }

    /// <summary>Handles what was added: here, if the owner sleeps; it does it otherwise.</summary>
    public void Run()
    {
        if (Volatile.Read(ref _state) != Asleep || IsEmpty || !TryMove(Asleep, Owned))
        {
            return;
        }

        Release(StepInPlace!());
        Notify();
        if (Volatile.Read(ref _isWoken) != 0 || Volatile.Read(ref _due) < Volatile.Read(ref _sleepsUntil))
        {
            _signal.Set();
        }
    }

    /// <summary>Ends the inbox when its owner is gone: what is in it, and what is posted later, is refused at
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
        InboxItem? item = IsEmpty ? null : Interlocked.Exchange(ref _newest, null);
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

    /// <summary>Sleeps until a step is due, is handed over, or <see cref="Wake"/> is called; the caller, the loop's
    /// thread, owns the inbox before and after. May wake early.</summary>
    /// <param name="due">When a step is due at the latest.</param>
    public void Sleep(Instant due)
    {
        Release(due);
        if (!IsEmpty && TryMove(Asleep, Owned))
        {
            return;
        }

        while (!TryWakeUp(out Instant until))
        {
            // The thread tells until when it sleeps, then looks again: an owner that ends its step does the reverse.
            Interlocked.Exchange(ref _sleepsUntil, until.Nanoseconds);
            if (Volatile.Read(ref _state) != Asleep || Volatile.Read(ref _due) == until.Nanoseconds)
            {
                Wait(until);
            }
        }

        // A full fence: whoever wakes the thread has said why before.
        Interlocked.Exchange(ref _isWoken, 0);
    }

    /// <summary>Ends a sleep of the thread, or the next one.</summary>
    public void Wake()
    {
        Interlocked.Exchange(ref _isWoken, 1);
        _signal.Set();
    }

    private void Release(Instant due)
    {
        Volatile.Write(ref _due, due.Nanoseconds);
        Interlocked.Exchange(ref _state, Asleep);
    }

    private bool TryMove(int from, int to) => Interlocked.CompareExchange(ref _state, to, from) == from;

    private bool TryWakeUp(out Instant until)
    {
        until = new Instant(Volatile.Read(ref _due));
        if (TryMove(HandedOver, Owned))
        {
            return true;
        }

        if (Volatile.Read(ref _isWoken) == 0 && _clock.Until(until) > TimeSpan.Zero)
        {
            return false;
        }

        // Someone else may be at a step just now; it wakes the thread for what comes after.
        until = Instant.Never;
        return TryMove(Asleep, Owned);
    }

    private void RefuseAll()
    {
        lock (_refusing)
        {
            _refuse!(TakeAll());
        }
    }

    private void Wait(Instant until)
    {
        // The event counts real time. On another clock the alarm ends the wait; the bound only limits a lost alarm.
        using ITimer? alarm = _clock.Alarm(until, this);
        TimeSpan wait = _clock.Until(until);
        _signal.WaitOne(wait < LongestSleep ? wait : LongestSleep);
    }

    private sealed class QuietInbox(LoopInbox inbox) : IInbox
    {
        public void Post(InboxItem item) => inbox.Add(item);
    }
}
