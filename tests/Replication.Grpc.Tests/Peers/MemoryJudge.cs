using Replication.Grpc.Peers;
using Replication.Raft.Primitives;
using Replication.Storage.Identity;
using Replication.Transport;

namespace Replication.Grpc.Tests.Peers;

/// <summary>A judge without a data directory: the same rules, remembered in memory.</summary>
internal sealed class MemoryJudge(int node, Guid? cluster = null, int versionMin = 1, int versionMax = 1) : IPeerJudge
{
    public static readonly Guid Cluster = Guid.Parse("6f9619ff-8b86-d011-b42d-00c04fc964ff");

    private readonly Dictionary<NodeId, Guid> _known = [];

    public Guid Directory { get; set; } = Guid.NewGuid();

    public PeerHello Hello =>
        new(versionMin, versionMax, new NodeIdentity(cluster ?? Cluster, new NodeId(node), Directory));

    public string? Judge(in PeerHello hello, NodeId expected, NodeId authenticated, out int version)
    {
        version = Math.Min(versionMax, hello.VersionMax);
        NodeIdentity peer = hello.Identity;
        if (version < Math.Max(versionMin, hello.VersionMin))
        {
            return $"no common version: {versionMin}-{versionMax} here, {hello.VersionMin}-{hello.VersionMax} there";
        }

        if (peer.ClusterId != (cluster ?? Cluster))
        {
            return $"other cluster {peer.ClusterId}";
        }

        if ((!expected.IsNone && peer.NodeId != expected) || (!authenticated.IsNone && peer.NodeId != authenticated))
        {
            return $"other node {peer.NodeId}, not {(expected.IsNone ? authenticated : expected)}";
        }

        lock (_known)
        {
            if (_known.TryGetValue(peer.NodeId, out Guid known) && known != peer.DirectoryId)
            {
                return $"node {peer.NodeId} has a new directory {peer.DirectoryId}";
            }

            _known[peer.NodeId] = peer.DirectoryId;
            return null;
        }
    }
}
