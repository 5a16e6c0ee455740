using Replication.Grpc.Api.V1;
using Replication.Raft.Primitives;

namespace Replication.Grpc.Api;

/// <summary>Where clients reach the nodes.</summary>
internal sealed class NodeAddresses
{
    private readonly Dictionary<NodeId, NodeHint> _hints = [];

    public NodeAddresses(IEnumerable<(NodeId Node, Uri Address)> nodes)
    {
        foreach ((NodeId node, Uri address) in nodes)
        {
            _hints.Add(node, new NodeHint { NodeId = node.Value, Address = address.GetLeftPart(UriPartial.Authority) });
        }
    }

    /// <summary>Gets all nodes in order of their ids.</summary>
    public IEnumerable<NodeHint> All => _hints.Values.OrderBy(h => h.NodeId);

    /// <summary>
    /// Gets a node's hint; shared, not to be changed. Null for none, without an address for a stranger.
    /// </summary>
    public NodeHint? Find(NodeId node) =>
        node.IsNone ? null : _hints.TryGetValue(node, out NodeHint? hint) ? hint : new NodeHint { NodeId = node.Value };
}
