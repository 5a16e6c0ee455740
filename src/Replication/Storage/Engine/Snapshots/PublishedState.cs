using Replication.Primitives;
using Replication.Raft.Primitives;
using Replication.Storage.Engine.Tree;

namespace Replication.Storage.Engine.Snapshots;

/// <summary>Everything a reader needs of one published moment; never changes.</summary>
internal sealed class PublishedState
{
    /// <summary>Gets the tree.</summary>
    public required TreeNode Root { get; init; }

    /// <summary>Gets the last entry that the tree holds.</summary>
    public required LogId Id { get; init; }

    /// <summary>Gets the log time of that entry.</summary>
    public required HybridTimestamp Timestamp { get; init; }

    /// <summary>Gets the earliest moment that can be read.</summary>
    public required HybridTimestamp Floor { get; init; }

    /// <summary>Gets the entries applied since that moment.</summary>
    public required EntryTimeline Timeline { get; init; }

    /// <summary>Gets what keeps old versions from being dropped.</summary>
    public required SnapshotGate VersionGate { get; init; }

    /// <summary>Gets what keeps old addresses of the value log readable.</summary>
    public required SnapshotGate AddressGate { get; init; }
}
