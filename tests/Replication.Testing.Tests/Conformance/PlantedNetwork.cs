using System.Collections.Concurrent;
using Replication.Raft.Primitives;
using Replication.Transport;
using Replication.Transport.InMemory;

namespace Replication.Testing.Tests.Conformance;

/// <summary>What is wrong with a network.</summary>
internal enum Plant
{
    WrongSender,
    CutsLarge,
    Broadcasts,
    Throws,
    DeliversOnSender,
    SilentBreaks,
    StaysAway,
    DisposesOnce,
}

/// <summary>The network in memory with one thing wrong.</summary>
internal sealed class PlantedNetwork(Plant plant, IReadOnlyList<NodeId> members)
{
    private readonly InMemoryNetwork _network = new();
    private readonly ConcurrentDictionary<NodeId, ITransportHandler> _handlers = new();

    public ITransport CreateTransport(NodeId node) => new Planted(this, node);

    private sealed class Planted(PlantedNetwork owner, NodeId node) : ITransport, ITransportHandler
    {
        private readonly ITransport _inner = owner._network.CreateTransport(node);
        private ITransportHandler? _handler;
        private bool _isDisposed;

        private Plant Plant { get; } = owner.Wrong;

        public ValueTask StartAsync(ITransportHandler handler, CancellationToken cancellationToken)
        {
            _handler = handler;
            return owner._handlers.TryAdd(node, handler) || Plant != Plant.StaysAway
                ? _inner.StartAsync(this, cancellationToken) : ValueTask.CompletedTask;
        }

        public void Send(NodeId receiver, PeerMessage message)
        {
            switch (Plant)
            {
                case Plant.Throws when !owner._handlers.ContainsKey(receiver):
                    throw new InvalidOperationException("planted");
                case Plant.Broadcasts:
                    foreach (NodeId member in owner.Members.Where(member => member != node))
                    {
                        _inner.Send(member, message);
                    }

                    break;
                case Plant.CutsLarge when message is ForwardedProposal { Command.Length: > 65_536 } large:
                    _inner.Send(receiver, new ForwardedProposal(
                        large.Group, large.RequestId, large.Term, large.Command[..65_536]));
                    break;
                case Plant.DeliversOnSender:
                    owner._handlers[receiver].Received(node, message);
                    break;
                default:
                    _inner.Send(receiver, message);
                    break;
            }
        }

        public void Received(NodeId from, PeerMessage message) =>
            _handler!.Received(Plant == Plant.WrongSender ? new NodeId(from.Value + 1) : from, message);

        public void Disconnected(NodeId peer)
        {
            if (Plant != Plant.SilentBreaks)
            {
                _handler!.Disconnected(peer);
            }
        }

        public ValueTask DisposeAsync()
        {
            ObjectDisposedException.ThrowIf(_isDisposed && Plant == Plant.DisposesOnce, this);
            _isDisposed = true;
            return _inner.DisposeAsync();
        }
    }

    private Plant Wrong => plant;

    private IReadOnlyList<NodeId> Members => members;
}
