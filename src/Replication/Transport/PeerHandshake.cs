using Replication.Raft.Primitives;
using Replication.Storage.Identity;

namespace Replication.Transport;

/// <summary>What a node says of itself when a connection opens.</summary>
/// <param name="VersionMin">The lowest protocol version it speaks.</param>
/// <param name="VersionMax">The highest.</param>
/// <param name="Identity">Cluster, node and directory.</param>
public readonly record struct PeerHello(int VersionMin, int VersionMax, NodeIdentity Identity);

/// <summary>
/// Judges a peer's hello against this node's identity, the membership and the remembered directory ids. Callable from
/// any thread.
/// </summary>
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
    /// <exception cref="Errors.StorageFailedException">The peer's directory id could not be made durable.</exception>
    public string? Judge(in PeerHello hello, NodeId expected, NodeId authenticated, out int version)
    {
        version = Math.Min(hello.VersionMax, Hello.VersionMax);
        return JudgeVersion(hello, version) ?? JudgeIdentity(hello.Identity, expected, authenticated) ?? JudgeDirectory(
            hello.Identity);
    }

    private string? JudgeVersion(in PeerHello hello, int version) =>
        version >= hello.VersionMin && version >= Hello.VersionMin
            ? null
            : $"the peer speaks protocol versions {hello.VersionMin} to {hello.VersionMax}, this node "
                + $"{Hello.VersionMin} to {Hello.VersionMax}: update the older one";

    private string? JudgeIdentity(NodeIdentity peer, NodeId expected, NodeId authenticated)
    {
        NodeIdentity own = _directory.Identity;
        if (peer.ClusterId != own.ClusterId)
        {
            return $"the peer is of cluster {peer.ClusterId}, this node of cluster {own.ClusterId}: correct the "
                + $"address or the cluster id";
        }

        if (peer.NodeId == own.NodeId)
        {
            return $"the peer calls itself node {peer.NodeId}, which is this node: correct its node id or the address";
        }

        if (!_directory.Members.Any(member => member.NodeId == peer.NodeId))
        {
            return $"node {peer.NodeId} is no member of the cluster "
                + $"({string.Join(", ", _directory.Members.Select(member => member.NodeId))}): correct its node id";
        }

        if (!expected.IsNone && peer.NodeId != expected)
        {
            return $"node {expected} was dialled, but node {peer.NodeId} answered: correct the address of node "
                + $"{expected}";
        }

        return authenticated.IsNone || peer.NodeId == authenticated
            ? null
            : $"the peer calls itself node {peer.NodeId}, but its certificate names node {authenticated}: give it its "
                + $"own certificate";
    }

    private string? JudgeDirectory(NodeIdentity peer)
    {
        if (peer.DirectoryId == Guid.Empty)
        {
            return $"node {peer.NodeId} shows no directory id: it is not initialized";
        }

        return _directory.TryAcceptPeer(peer.NodeId, peer.DirectoryId)
            ? null
            : $"node {peer.NodeId} shows directory {peer.DirectoryId}, but was known with directory "
                + $"{_directory.KnownDirectoryOf(peer.NodeId)}: "
                + "it was wiped, or an old copy runs. It may have forgotten votes and entries, so it must not come "
                + "back under this number: bring its old directory back";
    }
}
