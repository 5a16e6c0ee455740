using Replication.Raft.Primitives;
using Replication.Transport;

namespace Replication.Grpc.Peers;

/// <summary>What this node says of itself, and what it thinks of what others say. Callable from any thread.</summary>
internal interface IPeerJudge
{
    PeerHello Hello { get; }

    /// <inheritdoc cref="PeerHandshake.Judge"/>
    string? Judge(in PeerHello hello, NodeId expected, NodeId authenticated, out int version);
}

/// <summary>Judges by the data directory.</summary>
internal sealed class DirectoryJudge(PeerHandshake handshake) : IPeerJudge
{
    public PeerHello Hello => handshake.Hello;

    public string? Judge(in PeerHello hello, NodeId expected, NodeId authenticated, out int version) =>
        handshake.Judge(hello, expected, authenticated, out version);
}
