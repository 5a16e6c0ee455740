using System.Collections.Concurrent;
using Replication.Raft.Primitives;

namespace Replication.Transport.InMemory;

/// <summary>A network within one process, for tests and trials: nodes reach each other through queues; links can be
/// cut.</summary>
/// <remarks>Callable from any thread. Messages on a link arrive in order and are not copied: they never
/// change.</remarks>
public sealed class InMemoryNetwork
{
    private readonly ConcurrentDictionary<NodeId, InMemoryTransport> _nodes = new();
    private readonly ConcurrentDictionary<(NodeId From, NodeId To), bool> _cuts = new();

    /// <summary>Creates the transport of a node.</summary>
    /// <param name="nodeId">The node.</param>
    /// <returns>Its transport, to be given to its host.</returns>
    public ITransport CreateTransport(NodeId nodeId) => new InMemoryTransport(this, nodeId);

    /// <summary>Cuts the link from one node to another, in that direction only: what is sent is lost, both ends see a
    /// broken connection.</summary>
    /// <param name="from">The sender.</param>
    /// <param name="to">The receiver.</param>
    public void Cut(NodeId from, NodeId to)
    {
        if (_cuts.TryAdd((from, to), true))
        {
            Find(from)?.PeerLost(to);
            Find(to)?.PeerLost(from);
        }
    }

    /// <summary>Cuts a node off, in both directions.</summary>
    /// <param name="nodeId">The node.</param>
    public void Isolate(NodeId nodeId)
    {
        foreach (NodeId other in _nodes.Keys)
        {
            if (other != nodeId)
            {
                Cut(nodeId, other);
                Cut(other, nodeId);
            }
        }
    }

    /// <summary>Mends every link.</summary>
    public void Heal() => _cuts.Clear();

    internal void Join(NodeId nodeId, InMemoryTransport transport)
    {
        if (!_nodes.TryAdd(nodeId, transport))
        {
            throw new InvalidOperationException($"Node {nodeId} is on this network already.");
        }
    }

    internal void Leave(NodeId nodeId, InMemoryTransport transport)
    {
        if (!_nodes.TryRemove(new KeyValuePair<NodeId, InMemoryTransport>(nodeId, transport)))
        {
            return;
        }

        foreach (InMemoryTransport other in _nodes.Values)
        {
            other.PeerLost(nodeId);
        }
    }

    internal bool TryDeliver(NodeId from, NodeId to, PeerMessage message) =>
        !_cuts.ContainsKey((from, to)) && Find(to) is { } receiver && receiver.TryEnqueue(from, message);

    private InMemoryTransport? Find(NodeId nodeId) => _nodes.GetValueOrDefault(nodeId);
}
