using System.Collections.Concurrent;

namespace Replication.Groups.Shell;

/// <summary>Objects to be used again; keeps a bounded number.</summary>
/// <typeparam name="T">What it keeps.</typeparam>
internal sealed class ObjectPool<T>(Func<ObjectPool<T>, T> create, int keptMax)
    where T : class
{
    private readonly ConcurrentQueue<T> _items = new();
    private int _count;

    public T Rent()
    {
        if (_items.TryDequeue(out T? item))
        {
            Interlocked.Decrement(ref _count);
            return item;
        }

        return create(this);
    }

    public void Return(T item)
    {
        if (Interlocked.Increment(ref _count) <= keptMax)
        {
            _items.Enqueue(item);
        }
        else
        {
            Interlocked.Decrement(ref _count);
        }
    }
}
