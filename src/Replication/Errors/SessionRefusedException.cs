using Replication.Primitives;
using Replication.Raft.Primitives;

namespace Replication.Errors;

/// <summary>A client session could not be opened. Safe to retry: a session that was opened nevertheless expires by
/// itself.</summary>
public sealed class SessionRefusedException : ReplicationException
{
    /// <summary>Creates an error.</summary>
    /// <param name="message">What failed, with which values, and what to do.</param>
    /// <param name="reason">Why.</param>
    /// <param name="leader">The leader as far as known; none if not.</param>
    public SessionRefusedException(string message, RejectReason reason, NodeId leader)
        : base(message)
    {
        Reason = reason;
        Leader = leader;
    }

    /// <summary>Gets why; none if the answer was lost.</summary>
    public RejectReason Reason { get; }

    /// <summary>Gets the leader as far as known; none if not.</summary>
    public NodeId Leader { get; }

    /// <inheritdoc/>
    public override bool IsSafeToRetry => true;
}
