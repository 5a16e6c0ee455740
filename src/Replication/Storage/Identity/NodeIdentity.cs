using Replication.Raft.Primitives;

namespace Replication.Storage.Identity;

/// <summary>Who a data directory belongs to; written once by Initialize.</summary>
/// <param name="ClusterId">The cluster; equal on all its nodes.</param>
/// <param name="NodeId">The node.</param>
/// <param name="DirectoryId">
/// Random number of this very directory: a wiped and re-initialized node has another one, and peers refuse it.
/// </param>
public readonly record struct NodeIdentity(Guid ClusterId, NodeId NodeId, Guid DirectoryId);
