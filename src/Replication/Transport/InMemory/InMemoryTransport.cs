using System.Collections.Concurrent;
using Replication.Raft.Primitives;

namespace Replication.Transport.InMemory;

/// <summary>A node's end of an in-memory network: a bounded queue, emptied on the thread pool by one worker at a
/// time.</summary>
internal sealed class InMemoryTransport(InMemoryNetwork network, NodeId nodeId) : ITransport, IThreadPoolWorkItem
{
    private const int QueuedMax = 100_000;
    private readonly ConcurrentQueue<Arrival> _arrivals = new();
    private ITransportHandler? _handler;
    private int _count;
    private int _isDraining;

    public ValueTask StartAsync(ITransportHandler handler, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _handler = handler;
        network.Join(nodeId, this);
        return ValueTask.CompletedTask;
    }

    public void Send(NodeId receiver, PeerMessage message) => network.TryDeliver(nodeId, receiver, message);

    public ValueTask DisposeAsync()
    {
        network.Leave(nodeId, this);
        return ValueTask.CompletedTask;
    }

    public void PeerLost(NodeId peer) => Enqueue(new Arrival(peer, null));

    public bool TryEnqueue(NodeId from, PeerMessage message)
    {
        if (Volatile.Read(ref _count) >= QueuedMax)
        {
            return false;
        }

        Enqueue(new Arrival(from, message));
        return true;
    }

    public void Execute()
    {
        // The flag falls before the last look: what is queued after that look starts a worker of its own.
        do
        {
            while (_arrivals.TryDequeue(out Arrival arrival))
            {
                Interlocked.Decrement(ref _count);
                Deliver(arrival);
            }

            Volatile.Write(ref _isDraining, 0);
            Interlocked.MemoryBarrier();
        }
        while (!_arrivals.IsEmpty && Interlocked.Exchange(ref _isDraining, 1) == 0);
    }

    private void Enqueue(Arrival arrival)
    {
        Interlocked.Increment(ref _count);
        _arrivals.Enqueue(arrival);
        if (Interlocked.Exchange(ref _isDraining, 1) == 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    private void Deliver(Arrival arrival)
    {
        if (arrival.Message is null)
        {
            _handler?.Disconnected(arrival.From);
        }
        else
        {
            _handler?.Received(arrival.From, arrival.Message);
        }
    }

    private readonly record struct Arrival(NodeId From, PeerMessage? Message);
}
