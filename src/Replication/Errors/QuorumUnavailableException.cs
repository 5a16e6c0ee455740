using Replication.Primitives;
using Replication.Raft.Primitives;

namespace Replication.Errors;

/// <summary>A read can't be served at its level now: no leader confirmed itself with a majority in time. Safe to
/// retry, here or elsewhere.</summary>
public sealed class QuorumUnavailableException : ReplicationException
{
    /// <summary>Creates an error.</summary>
    /// <param name="message">What failed, with which values, and what to do.</param>
    /// <param name="reason">Why.</param>
    /// <param name="leader">The leader as far as known; none if not.</param>
    public QuorumUnavailableException(string message, RejectReason reason, NodeId leader)
        : base(message)
    {
        Reason = reason;
        Leader = leader;
    }

    /// <summary>Gets why.</summary>
    public RejectReason Reason { get; }

    /// <summary>Gets the leader as far as known; none if not.</summary>
    public NodeId Leader { get; }

    /// <inheritdoc/>
    public override bool IsSafeToRetry => true;
}
