namespace Replication.Testing.Simulation.Events;

/// <summary>The events to come, in order of (time, tiebreak, sequence): a heap of four children a place.</summary>
/// <remarks>The heap holds keys only; what happens lies beside it and stays where it is, so that moving a key moves no
/// reference.</remarks>
internal sealed class EventQueue
{
    private const int Arity = 4;
    private readonly Stack<int> _free = new();
    private Key[] _heap = new Key[256];
    private Content[] _contents = new Content[256];
    private long _sequence;
    private int _used;

    public int Count { get; private set; }

    /// <summary>Adds an event.</summary>
    public void Add(long time, ulong tiebreak, SimulationActor actor, int kind, long argument, object? payload)
    {
        if (Count == _heap.Length)
        {
            Array.Resize(ref _heap, _heap.Length * 2);
            Array.Resize(ref _contents, _contents.Length * 2);
        }

        int slot = _free.Count > 0 ? _free.Pop() : _used++;
        _contents[slot] = new Content(actor, kind, argument, payload);
        Key added = new(time, tiebreak, ++_sequence, slot);
        int place = Count++;
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

    /// <summary>Takes the first event.</summary>
    /// <returns>False if there is none.</returns>
    public bool TryTake(out SimulationEvent first)
    {
        if (Count == 0)
        {
            first = default;
            return false;
        }

        Key key = _heap[0];
        ref Content content = ref _contents[key.Slot];
        first = new SimulationEvent(
            key.Time, key.Tiebreak, key.Sequence, content.Actor, content.Kind, content.Argument, content.Payload);
        content = default;
        _free.Push(key.Slot);
        Key last = _heap[--Count];
        if (Count > 0)
        {
            Sink(last);
        }

        return true;
    }

    private static bool IsBefore(in Key left, in Key right)
    {
        if (left.Time != right.Time)
        {
            return left.Time < right.Time;
        }

        return left.Tiebreak != right.Tiebreak ? left.Tiebreak < right.Tiebreak : left.Sequence < right.Sequence;
    }

    private void Sink(in Key moved)
    {
        Key[] heap = _heap;
        int place = 0;
        while (true)
        {
            int first = (place * Arity) + 1;
            if (first >= Count)
            {
                break;
            }

            int least = first;
            int end = Math.Min(first + Arity, Count);
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

    private readonly record struct Content(SimulationActor Actor, int Kind, long Argument, object? Payload);
}
