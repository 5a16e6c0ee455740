namespace Replication.Testing.Simulation.Events;

/// <summary>The events to come, in order of (time, tiebreak, sequence).</summary>
/// <remarks>
/// Most events are far ahead, such as time-outs, and mean nothing any more when they come. They wait in a wheel, by
/// tick and unsorted; only those of the current tick, and the few beyond the wheel, are in a heap of four children a
/// place, which so stays small. The heap holds keys only; what happens lies beside it and stays where it is.
/// A timer is an event that is put off all the time: there is one of each number, and setting it takes the last one
/// back.
/// </remarks>
internal sealed class EventQueue
{
    private const int Arity = 4;

    // About two milliseconds a tick, and seventeen seconds a turn: the time-outs of calls are within it.
    private const int TickBits = 21;
    private const int Ticks = 1 << 13;
    private const int None = -1;
    private static readonly Key Never = new(long.MaxValue, ulong.MaxValue, long.MaxValue, None);
    private readonly int[] _firstOfTick = new int[Ticks];
    private readonly Key[] _timers;
    private readonly Content[] _timerContents;
    private int _firstTimer;
    private Key[] _heap = new Key[64];
    private int _heapCount;
    private Waiting[] _waiting = new Waiting[256];
    private Content[] _contents = new Content[256];
    private int _waitingCount;
    private int _free = None;
    private int _used;
    private long _tick;
    private long _sequence;

    /// <summary>Makes an empty queue.</summary>
    /// <param name="timers">How many timers there are.</param>
    public EventQueue(int timers)
    {
        _firstOfTick.AsSpan().Fill(None);
        _timers = new Key[Math.Max(timers, 1)];
        _timers.AsSpan().Fill(Never);
        _timerContents = new Content[_timers.Length];
    }

    /// <summary>Gets how many events are to come, timers not among them.</summary>
    public int Count => _heapCount + _waitingCount;

    /// <summary>Adds an event.</summary>
    public void Add(long time, ulong tiebreak, SimulationActor actor, int kind, long argument, object? payload)
    {
        int slot = TakeSlot();
        _contents[slot] = new Content(actor, kind, argument, payload);
        Key added = new(time, tiebreak, ++_sequence, slot);
        long ahead = TickOf(time) - _tick;
        if (ahead is > 0 and < Ticks)
        {
            ref int first = ref _firstOfTick[TickOf(time) & (Ticks - 1)];
            _waiting[slot] = new Waiting(added, first);
            first = slot;
            _waitingCount++;
        }
        else
        {
            Push(added);
        }
    }

    /// <summary>Sets a timer, whether it was set or not.</summary>
    public void SetTimer(int timer, long time, ulong tiebreak, SimulationActor actor, int kind, long argument)
    {
        _timerContents[timer] = new Content(actor, kind, argument, null);
        _timers[timer] = new Key(time, tiebreak, ++_sequence, None);
        if (timer == _firstTimer)
        {
            FindFirstTimer();
        }
        else if (IsBefore(_timers[timer], _timers[_firstTimer]))
        {
            _firstTimer = timer;
        }
    }

    /// <summary>Takes the first event, or timer that is due.</summary>
    /// <param name="end">Up to when, included.</param>
    /// <param name="first">The event.</param>
    /// <returns>False if there is none up to then.</returns>
    public bool TryTake(long end, out SimulationEvent first)
    {
        // Whatever waits comes after the current tick.
        while (_waitingCount > 0 && (_heapCount == 0 || TickOf(_heap[0].Time) > _tick)
            && TickOf(Math.Min(_timers[_firstTimer].Time, end)) > _tick)
        {
            BeginTick();
        }

        bool isTimer = _heapCount == 0 || IsBefore(_timers[_firstTimer], _heap[0]);
        ref readonly Key key = ref isTimer ? ref _timers[_firstTimer] : ref _heap[0];
        if (key.Time > end || key.Sequence == Never.Sequence)
        {
            first = default;
            return false;
        }

        if (_waitingCount == 0)
        {
            _tick = Math.Max(_tick, TickOf(key.Time));
        }

        first = isTimer ? TakeTimer() : TakeFromHeap();
        return true;
    }

    private SimulationEvent TakeTimer()
    {
        Key key = _timers[_firstTimer];
        ref Content content = ref _timerContents[_firstTimer];
        SimulationEvent taken = new(
            key.Time, key.Tiebreak, key.Sequence, content.Actor, content.Kind, content.Argument, content.Payload);
        content = default;
        _timers[_firstTimer] = Never;
        FindFirstTimer();
        return taken;
    }

    private SimulationEvent TakeFromHeap()
    {
        Key key = _heap[0];
        ref Content content = ref _contents[key.Slot];
        SimulationEvent taken = new(
            key.Time, key.Tiebreak, key.Sequence, content.Actor, content.Kind, content.Argument, content.Payload);
        content = default;
        _waiting[key.Slot].Next = _free;
        _free = key.Slot;
        Key last = _heap[--_heapCount];
        if (_heapCount > 0)
        {
            Sink(last);
        }

        return taken;
    }

    private void FindFirstTimer()
    {
        int first = 0;
        for (int i = 1; i < _timers.Length; i++)
        {
            if (IsBefore(_timers[i], _timers[first]))
            {
                first = i;
            }
        }

        _firstTimer = first;
    }

    private static long TickOf(long time) => time >> TickBits;

    private static bool IsBefore(in Key left, in Key right)
    {
        if (left.Time != right.Time)
        {
            return left.Time < right.Time;
        }

        return left.Tiebreak != right.Tiebreak ? left.Tiebreak < right.Tiebreak : left.Sequence < right.Sequence;
    }

    private int TakeSlot()
    {
        if (_free != None)
        {
            int slot = _free;
            _free = _waiting[slot].Next;
            return slot;
        }

        if (_used == _contents.Length)
        {
            Array.Resize(ref _contents, _used * 2);
            Array.Resize(ref _waiting, _used * 2);
        }

        return _used++;
    }

    private void BeginTick()
    {
        ref int first = ref _firstOfTick[++_tick & (Ticks - 1)];
        for (int slot = first; slot != None; slot = _waiting[slot].Next)
        {
            Push(_waiting[slot].Key);
            _waitingCount--;
        }

        first = None;
    }

    private void Push(in Key added)
    {
        if (_heapCount == _heap.Length)
        {
            Array.Resize(ref _heap, _heap.Length * 2);
        }

        int place = _heapCount++;
        while (place > 0)
        {
            int parent = (place - 1) / Arity;
            if (!IsBefore(added, _heap[parent]))
            {
                break;
            }

            _heap[place] = _heap[parent];
            place = parent;
        }

        _heap[place] = added;
    }

    private void Sink(in Key moved)
    {
        Key[] heap = _heap;
        int place = 0;
        while (true)
        {
            int first = (place * Arity) + 1;
            if (first >= _heapCount)
            {
                break;
            }

            int least = first;
            int end = Math.Min(first + Arity, _heapCount);
            for (int child = first + 1; child < end; child++)
            {
                if (IsBefore(heap[child], heap[least]))
                {
                    least = child;
                }
            }

            if (!IsBefore(heap[least], moved))
            {
                break;
            }

            heap[place] = heap[least];
            place = least;
        }

        heap[place] = moved;
    }

    private readonly record struct Key(long Time, ulong Tiebreak, long Sequence, int Slot);

    // Next is the next one of the same tick, or the next free slot.
    private record struct Waiting(Key Key, int Next);

    private readonly record struct Content(SimulationActor Actor, int Kind, long Argument, object? Payload);
}
