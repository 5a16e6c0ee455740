using Replication.Raft.Primitives;

namespace Replication.Storage.Identity;

/// <summary>A member of a cluster as written at Initialize.</summary>
/// <param name="NodeId">The node.</param>
/// <param name="Address">
/// Where it is reached, for example <c>https://node1.example:5001</c>; may be overridden per node by configuration.
/// </param>
/// <param name="Priority">Who should lead: higher is preferred; 0 only when nobody else can. The default is 1.</param>
public sealed record ClusterMember(NodeId NodeId, Uri Address, int Priority = 1);
