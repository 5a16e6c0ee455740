namespace Replication.Raft.Log;

/// <summary>A queue on a circle of slots that is reached by position from both ends and grows by doubling.</summary>
/// <typeparam name="T">What it holds.</typeparam>
internal sealed class Ring<T>
    where T : struct
{
    private T[] _slots = new T[16];
    private int _head;

    /// <summary>Gets how many values there are.</summary>
    public int Count { get; private set; }

    /// <summary>Gets a value by its position from the oldest.</summary>
    /// <param name="position">From 0 to <see cref="Count"/> - 1.</param>
    public ref T this[int position]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)position, (uint)Count, nameof(position));
            return ref _slots[(_head + position) & (_slots.Length - 1)];
        }
    }

    /// <summary>Adds a value behind the newest.</summary>
    /// <param name="value">The value.</param>
    public void Add(T value)
    {
        if (Count == _slots.Length)
        {
            Grow();
        }

        _slots[(_head + Count) & (_slots.Length - 1)] = value;
        Count++;
    }

    /// <summary>Removes the oldest values.</summary>
    /// <param name="count">How many, at most <see cref="Count"/>.</param>
    public void RemoveOldest(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Count);
        _head = (_head + count) & (_slots.Length - 1);
        Count -= count;
    }

    /// <summary>Removes the newest values.</summary>
    /// <param name="count">How many, at most <see cref="Count"/>.</param>
    public void RemoveNewest(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Count);
        Count -= count;
    }

    /// <summary>Removes all values.</summary>
    public void Clear()
    {
        _head = 0;
        Count = 0;
    }

    private void Grow()
    {
        T[] larger = new T[_slots.Length * 2];
        for (int position = 0; position < Count; position++)
        {
            larger[position] = _slots[(_head + position) & (_slots.Length - 1)];
        }

        _slots = larger;
        _head = 0;
    }
}
