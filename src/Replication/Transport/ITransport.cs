using Replication.Raft.Primitives;

namespace Replication.Transport;

/// <summary>Carries messages between the nodes of a cluster; may lose, delay, duplicate and reorder them, never alter
/// them.</summary>
public interface ITransport : IAsyncDisposable
{
    /// <summary>Starts to receive and to dial peers.</summary>
    /// <param name="handler">Receives what arrives.</param>
    /// <param name="cancellationToken">Stops the start.</param>
    /// <returns>Completes when this node can be reached.</returns>
    ValueTask StartAsync(ITransportHandler handler, CancellationToken cancellationToken);

    /// <summary>Hands a message over to be sent. Never blocks or throws: a message that finds a full queue or no
    /// connection is dropped and counted.</summary>
    /// <param name="receiver">The receiver.</param>
    /// <param name="message">The message; not changed afterwards.</param>
    /// <remarks>Called on executors.</remarks>
    void Send(NodeId receiver, PeerMessage message);
}

/// <summary>Receives what arrives over a transport. Called on transport threads, concurrently; must not
/// block.</summary>
public interface ITransportHandler
{
    /// <summary>A message arrived from a peer whose identity was checked.</summary>
    /// <param name="from">The sender.</param>
    /// <param name="message">The message.</param>
    void Received(NodeId from, PeerMessage message);

    /// <summary>The way to a peer broke: what was on it may be lost.</summary>
    /// <param name="peer">The peer.</param>
    void Disconnected(NodeId peer);
}
