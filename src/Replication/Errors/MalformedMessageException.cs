namespace Replication.Errors;

/// <summary>Bytes from a peer are not a message of the agreed protocol version. Nothing was done with them; the
/// connection they came over should be closed.</summary>
public sealed class MalformedMessageException : ReplicationException
{
    /// <inheritdoc cref="ReplicationException(string, Exception)"/>
    public MalformedMessageException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
