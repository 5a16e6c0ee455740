namespace Replication.Errors;

/// <summary>A replicated log was asked for a record that was given up by a trim. Reading on is possible from the first
/// position kept.</summary>
public sealed class LogTrimmedException : ReplicationException
{
    /// <summary>Creates an error.</summary>
    /// <param name="name">The log.</param>
    /// <param name="position">The position asked for.</param>
    /// <param name="firstPosition">The first position kept.</param>
    public LogTrimmedException(string name, long position, long firstPosition)
        : base($"Log '{name}' has no record {position} any more: it was trimmed, the first one kept is " +
            $"{firstPosition}.")
    {
        Position = position;
        FirstPosition = firstPosition;
    }

    /// <summary>Gets the position asked for.</summary>
    public long Position { get; }

    /// <summary>Gets the first position kept.</summary>
    public long FirstPosition { get; }
}
