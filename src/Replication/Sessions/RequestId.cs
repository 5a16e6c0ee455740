namespace Replication.Sessions;

/// <summary>Names a write for exactly-once retries: session and sequence (thesis §6.3). The default value means
/// "none".</summary>
/// <param name="SessionId">The session, as its group gave it.</param>
/// <param name="Sequence">Number of the write within the session, from 1; the same number always with the same
/// command.</param>
/// <param name="AcknowledgedBelow">The client has the results of all sequences below this one, so that the group may
/// forget them.</param>
public readonly record struct RequestId(long SessionId, long Sequence, long AcknowledgedBelow)
{
    /// <summary>Gets whether there is none.</summary>
    public bool IsNone => SessionId == 0;
}
