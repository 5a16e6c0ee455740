namespace Replication.Groups;

/// <summary>A first-in first-out list over the items' own links.</summary>
/// <typeparam name="T">What it holds.</typeparam>
internal struct ItemList<T>
    where T : InboxItem
{
    private T? _first;
    private T? _last;

    public readonly bool IsEmpty => _first is null;

    public readonly T? First => _first;

    public int Count { get; private set; }

    public void Add(T item)
    {
        item.Next = null;
        if (_last is null)
        {
            _first = item;
        }
        else
        {
            _last.Next = item;
        }

        _last = item;
        Count++;
    }

    public T RemoveFirst()
    {
        T item = _first!;
        _first = (T?)item.Next;
        item.Next = null;
        if (_first is null)
        {
            _last = null;
        }

        Count--;
        return item;
    }

    /// <summary>Moves all items of another list to the end of this one.</summary>
    /// <param name="other">The other list; empty afterwards.</param>
    public void AddAll(ref ItemList<T> other)
    {
        if (other._first is null)
        {
            return;
        }

        if (_last is null)
        {
            _first = other._first;
        }
        else
        {
            _last.Next = other._first;
        }

        _last = other._last;
        Count += other.Count;
        other = default;
    }
}
