namespace Replication.Storage.Engine;

/// <summary>A queue in blocks: grows without ever copying what it holds.</summary>
/// <typeparam name="T">What it holds.</typeparam>
internal sealed class BlockQueue<T>
{
    private const int BlockLength = 1024;

    private Block _first = new();
    private Block _last;
    private int _firstIndex;
    private int _lastIndex;

    public BlockQueue() => _last = _first;

    public long Count { get; private set; }

    public void Enqueue(T item)
    {
        if (_lastIndex == BlockLength)
        {
            Block next = new();
            _last.Next = next;
            _last = next;
            _lastIndex = 0;
        }

        _last.Items[_lastIndex++] = item;
        Count++;
    }

    /// <summary>Looks at the oldest item.</summary>
    /// <returns>Whether there is one.</returns>
    public bool TryPeek(out T item)
    {
        if (Count == 0)
        {
            item = default!;
            return false;
        }

        if (_firstIndex == BlockLength)
        {
            _first = _first.Next!;
            _firstIndex = 0;
        }

        item = _first.Items[_firstIndex];
        return true;
    }

    /// <summary>Takes the item that <see cref="TryPeek"/> showed.</summary>
    public void Dequeue()
    {
        _first.Items[_firstIndex++] = default!;
        Count--;
    }

    private sealed class Block
    {
        public T[] Items { get; } = new T[BlockLength];

        public Block? Next { get; set; }
    }
}
