namespace Replication.Diagnostics;

/// <summary>Names of the meter, its instruments and their tags.</summary>
public static class MetricNames
{
    /// <summary>The meter.</summary>
    public const string Meter = "Replication";

    /// <summary>Counter: elections that this node stood for.</summary>
    public const string Elections = "replication.raft.elections";

    /// <summary>Histogram, seconds: on a leader, from the arrival of a proposal until it is committed and
    /// applied.</summary>
    public const string CommitDuration = "replication.raft.commit.duration";

    /// <summary>Gauge, bytes: payload bytes of the retained log.</summary>
    public const string LogSize = "replication.raft.log.size";

    /// <summary>Gauge, entries: how far the applied entry is behind the commit index.</summary>
    public const string ApplyLag = "replication.raft.apply.lag";

    /// <summary>Counter: proposals that were rejected.</summary>
    public const string RejectedProposals = "replication.raft.rejected_proposals";

    /// <summary>Histogram, seconds: from handing a batch to the write-ahead log until it is durable.</summary>
    public const string FlushDuration = "replication.storage.flush.duration";

    /// <summary>Counter: messages that found a full queue, no connection or no such group.</summary>
    public const string DroppedMessages = "replication.transport.dropped_messages";

    /// <summary>Tag: the name of the group.</summary>
    public const string GroupName = "replication.group.name";
}
