namespace Replication.Testing.Checkers.Sessions;

/// <summary>How stale a read may be.</summary>
public sealed class StalenessBound
{
    /// <summary>Gets or sets the age: a read misses no write that had been acknowledged longer than this before the read
    /// began.</summary>
    /// <value>The default value is null: any age. Not negative. Needs the times of events.</value>
    public TimeSpan? Age { get; set; }

    /// <summary>Gets or sets the count: a read misses at most this many writes of its key that had been acknowledged
    /// before it began.</summary>
    /// <value>The default value is null: any number. Not negative.</value>
    public int? Writes { get; set; }

    /// <summary>Gets or sets a value that indicates whether some read must have been stale.</summary>
    /// <value>The default value is false. Where the faults of a run should have made replicas lag, a history without a
    /// stale read shows nothing about the bound, and is unknown.</value>
    public bool NeedsStaleReads { get; set; }
}
