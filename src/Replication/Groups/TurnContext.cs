using Microsoft.Extensions.Logging;
using Replication.Diagnostics;
using Replication.Raft.Primitives;
using Replication.Transport;

namespace Replication.Groups;

/// <summary>What the groups of one executor share: the moment of the turn, the batch that it fills, and the ways
/// out.</summary>
internal sealed class TurnContext
{
    /// <summary>Gets the moment of the current turn.</summary>
    public Instant Now { get; set; }

    /// <summary>Gets the wall clock of the current turn, in milliseconds since 1970-01-01 UTC; for log time
    /// only.</summary>
    public long UtcUnixMilliseconds { get; set; }

    /// <summary>Gets or sets the batch that this turn fills.</summary>
    public PersistBatch Batch { get; set; } = null!;

    /// <summary>Gets or sets whether the disk is below its reserve.</summary>
    public bool IsDiskFull { get; set; }

    /// <summary>Gets or sets whether the host is stopping.</summary>
    public bool IsStopping { get; set; }

    /// <summary>Gets the network.</summary>
    public required ITransport Transport { get; init; }

    /// <summary>Gets where background work is posted.</summary>
    public required IInbox Background { get; init; }

    /// <summary>Gets the executor's own inbox.</summary>
    public required IInbox Home { get; init; }

    /// <summary>Gets the measures.</summary>
    public required ReplicationMetrics Metrics { get; init; }

    /// <summary>Gets where log lines go.</summary>
    public required ILogger Logger { get; init; }
}
