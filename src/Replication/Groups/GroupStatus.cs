using Replication.Primitives;
using Replication.Raft;
using Replication.Raft.Primitives;

namespace Replication.Groups;

/// <summary>What a group is on this node at one moment. A copy: reading it disturbs nobody.</summary>
public sealed record GroupStatus
{
    /// <summary>Gets the group's name.</summary>
    public required string Name { get; init; }

    /// <summary>Gets what the Raft core is and knows.</summary>
    public required RaftStatus Raft { get; init; }

    /// <summary>Gets what the leader knows of its peers; empty elsewhere.</summary>
    public required IReadOnlyList<PeerStatus> Peers { get; init; }

    /// <summary>Gets the last applied entry.</summary>
    public required LogId AppliedId { get; init; }

    /// <summary>Gets the timestamp of the last applied entry.</summary>
    public required HybridTimestamp AppliedTimestamp { get; init; }

    /// <summary>Gets the entry that the newest durable checkpoint holds.</summary>
    public required LogId CheckpointId { get; init; }

    /// <summary>Gets the bytes of payload in the retained log.</summary>
    public required long LogBytes { get; init; }

    /// <summary>Gets, on a leader whose log is full, the member that holds compaction back; none otherwise.</summary>
    public NodeId LogHeldBackBy { get; init; }
}
