using Replication.Raft.Primitives;
using Replication.Transport;

namespace Replication.Groups;

/// <summary>A message that arrived for a group.</summary>
internal sealed class PeerArrival(ReplicaGroup group, NodeId from, PeerMessage message) : ExecutorItem
{
    public int SizeBytes => message.SizeBytes;

    public override void Deliver(GroupExecutor executor) => group.Received(from, message);
}

/// <summary>The way to a peer broke.</summary>
internal sealed class PeerLoss(NodeId peer) : ExecutorItem
{
    public override void Deliver(GroupExecutor executor) => executor.Disconnected(peer);
}
