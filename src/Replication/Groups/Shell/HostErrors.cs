using Replication.Errors;
using Replication.Raft.Invariants;

namespace Replication.Groups.Shell;

/// <summary>The errors that calls on a faulted host end with.</summary>
internal static class HostErrors
{
    /// <summary>Makes a call's own exception from the error that stopped the host.</summary>
    /// <param name="error">The error.</param>
    /// <returns>An exception to throw once.</returns>
    public static Exception For(Exception error) => error switch
    {
        QuorumUnavailableException => error,
        ObjectDisposedException disposed => new ObjectDisposedException(disposed.ObjectName, disposed.Message),
        StorageFailedException => new StorageFailedException($"This node has stopped for good: {error.Message}", error),
        InvariantViolationException =>
            new ReplicationException($"This node has stopped for good: {error.Message}", error),
        _ => new ReplicationException($"This node has stopped for good: {error.Message}", error),
    };
}
