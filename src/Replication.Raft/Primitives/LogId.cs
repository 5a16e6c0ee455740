namespace Replication.Raft.Primitives;

/// <summary>Identity of a log entry: two entries with equal identities hold the same command.</summary>
/// <param name="Term">The term in which a leader made the entry.</param>
/// <param name="Index">Its position.</param>
/// <remarks>Log Matching Property, thesis §3.5.</remarks>
public readonly record struct LogId(Term Term, LogIndex Index)
{
    /// <summary>Gets the identity of the empty position before the first entry.</summary>
    public static LogId Zero => default;

    /// <summary>
    /// Whether a log which ends here is at least as up-to-date as one which ends at <paramref name="other"/>.
    /// </summary>
    /// <param name="other">The end of the other log.</param>
    /// <returns>Whether it is.</returns>
    /// <remarks>Election restriction, thesis §3.6.1.</remarks>
    public bool IsAtLeastAsUpToDateAs(LogId other) =>
        Term != other.Term ? Term > other.Term : Index >= other.Index;

    /// <inheritdoc/>
    public override string ToString() => $"{Term}/{Index}";
}
