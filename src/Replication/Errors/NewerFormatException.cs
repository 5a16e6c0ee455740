namespace Replication.Errors;

/// <summary>A committed entry is in a format of a newer release than this node's: the node stops. Upgrade it.</summary>
/// <remarks>To skip the entry would make this replica differ from those that can read it.</remarks>
public sealed class NewerFormatException : ReplicationException
{
    /// <inheritdoc cref="ReplicationException(string, Exception)"/>
    public NewerFormatException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
