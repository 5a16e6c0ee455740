using Replication.Raft.Primitives;
using Replication.Storage.Identity;

namespace Replication.Transport;

/// <summary>What a node says of itself when a connection opens.</summary>
/// <param name="VersionMin">The lowest protocol version it speaks.</param>
/// <param name="VersionMax">The highest.</param>
/// <param name="Identity">Cluster, node and directory.</param>
public readonly record struct PeerHello(int VersionMin, int VersionMax, NodeIdentity Identity);

/// <summary>Judges a peer's hello against this node's identity, the membership and the remembered directory ids. Callable from any thread.</summary>
public sealed class PeerHandshake
{
    private readonly DataDirectory _directory;

    /// <summary>Creates the judge.</summary>
    /// <param name="directory">This node's open data directory.</param>
    public PeerHandshake(DataDirectory directory)
    {
        _directory = directory;
    }

    /// <summary>Gets what this node says of itself.</summary>
    public PeerHello Hello => new(PeerMessageCodec.Version, PeerMessageCodec.Version, _directory.Identity);

    /// <summary>Judges a hello.</summary>
    /// <param name="hello">What the peer says.</param>
    /// <param name="expected">The node that was dialled; none on the accepting side.</param>
    /// <param name="authenticated">The node that the peer's certificate names; none without TLS.</param>
    /// <param name="version">The agreed version if accepted.</param>
    /// <returns>Null if accepted; otherwise why not, with the values and what to do.</returns>
    public string? Judge(in PeerHello hello, NodeId expected, NodeId authenticated, out int version) => throw new NotImplementedException();
}
