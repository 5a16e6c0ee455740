namespace Replication.Testing.Simulation.Events;

/// <summary>The events to come, in order of (time, tiebreak, sequence): a heap of four children a place.</summary>
internal sealed class EventQueue
{
    private const int Arity = 4;
    private SimulationEvent[] _heap = new SimulationEvent[256];
    private long _sequence;

    public int Count { get; private set; }

    /// <summary>Adds an event.</summary>
    public void Add(long time, ulong tiebreak, SimulationActor actor, int kind, long argument, object? payload)
    {
        if (Count == _heap.Length)
        {
            Array.Resize(ref _heap, _heap.Length * 2);
        }

        SimulationEvent added = new(time, tiebreak, ++_sequence, actor, kind, argument, payload);
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

        first = _heap[0];
        SimulationEvent last = _heap[--Count];
        _heap[Count] = default;
        if (Count > 0)
        {
            Sink(last);
        }

        return true;
    }

    private static bool IsBefore(in SimulationEvent left, in SimulationEvent right)
    {
        if (left.Time != right.Time)
        {
            return left.Time < right.Time;
        }

        return left.Tiebreak != right.Tiebreak ? left.Tiebreak < right.Tiebreak : left.Sequence < right.Sequence;
    }

    private void Sink(in SimulationEvent moved)
    {
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
                if (IsBefore(_heap[child], _heap[least]))
                {
                    least = child;
                }
            }

            if (!IsBefore(_heap[least], moved))
            {
                break;
            }

            _heap[place] = _heap[least];
            place = least;
        }

        _heap[place] = moved;
    }
}
