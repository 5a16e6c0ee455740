namespace Replication.Raft.Invariants;

/// <summary>
/// A rule of the protocol is broken on this node. The core must not be stepped again; the node stops.
/// </summary>
/// <remarks>A stopped node is safe, a wrong one is not. Never retried.</remarks>
public sealed class InvariantViolationException : Exception
{
    /// <summary>Creates the exception without naming a rule.</summary>
    public InvariantViolationException()
        : this("A rule of the protocol is broken.")
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">Which rule is broken.</param>
    public InvariantViolationException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception around a cause.</summary>
    /// <param name="message">Which rule is broken.</param>
    /// <param name="innerException">The cause.</param>
    public InvariantViolationException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
