namespace Replication.Sessions;

/// <summary>Bounds of a group's client sessions.</summary>
/// <remarks>
/// They decide what a replica executes, so they belong to the format of the log, not to a node's configuration: another
/// default
/// is another format version. The parameters are for tests.
/// </remarks>
internal sealed record SessionLimits
{
    /// <summary>What the memory around a stored result is counted as, in bytes.</summary>
    public const int ResultOverheadBytes = 96;

    /// <summary>Gets the limits of every group.</summary>
    public static SessionLimits Default { get; } = new();

    /// <summary>Gets the shortest time after which a session may expire.</summary>
    public static TimeSpan TimeoutMin => TimeSpan.FromSeconds(1);

    /// <summary>Gets the longest.</summary>
    public static TimeSpan TimeoutMax => TimeSpan.FromDays(365);

    /// <summary>Gets how many sessions a group keeps; opening another one is refused.</summary>
    public int SessionsMax { get; init; } = 10_000;

    /// <summary>Gets how far a sequence may be above the acknowledged floor: the window of a session.</summary>
    public int WindowSequences { get; init; } = 1024;

    /// <summary>Gets from how many bytes of unacknowledged results on a session must acknowledge before it may write
    /// again.</summary>
    public long SessionBytesMax { get; init; } = 1L << 20;

    /// <summary>Gets from how many bytes of unacknowledged results on a group executes no more writes with a request
    /// id.</summary>
    public long GroupBytesMax { get; init; } = 64L << 20;

    /// <summary>Gets the most expired sessions that one entry removes, which bounds the work of an entry.</summary>
    public int ExpirationsPerEntry { get; init; } = 32;
}
