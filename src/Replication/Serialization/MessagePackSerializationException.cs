namespace Replication.Serialization;

/// <summary>The bytes are not the MessagePack value that was asked for: cut short, of another type, or out of
/// range.</summary>
/// <remarks>Reading the same bytes again fails again. The message names the offset, what was found and what was
/// expected.</remarks>
public sealed class MessagePackSerializationException : Exception
{
    /// <summary>Creates the exception without a message of its own.</summary>
    public MessagePackSerializationException()
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What was found, where, and what was expected.</param>
    public MessagePackSerializationException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception around its cause.</summary>
    /// <param name="message">What was found, where, and what was expected.</param>
    /// <param name="innerException">The cause.</param>
    public MessagePackSerializationException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
