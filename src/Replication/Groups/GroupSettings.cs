namespace Replication.Groups;

/// <summary>What a group needs of the host's settings; see ReplicaHostOptions for their meaning.</summary>
internal sealed class GroupSettings
{
    /// <summary>The most proposals that wait for room or for a leader; one more is rejected at once.</summary>
    public const int WaitingMax = 65_536;

    /// <summary>The most entries in one proposal to the core.</summary>
    public const int ProposeEntriesMax = 4096;

    /// <summary>How many times <see cref="CheckpointLogBytes"/> may be applied and not yet written: beyond it a
    /// leader's proposals wait for the checkpoint under way.</summary>
    public const int UnwrittenCheckpointsMax = 4;

    public bool ForwardWrites { get; init; } = true;

    public TimeSpan WriteTimeout { get; init; } = TimeSpan.FromSeconds(10);

    public TimeSpan ReadTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Gets how long a proposal waits for a leader to be known before it is rejected.</summary>
    public TimeSpan LeaderWait { get; init; } = TimeSpan.FromMilliseconds(1200);

    public long PendingBytesMax { get; init; } = 64L << 20;

    public long EntryCacheBytesMax { get; init; } = 64L << 20;

    public long CheckpointLogBytes { get; init; } = 64L << 20;

    public long LogBytesMax { get; init; } = 8L << 30;

    /// <summary>Gets how many entries below a checkpoint are kept for members that are a little behind.</summary>
    public long TrailingEntries { get; init; } = 1024;

    /// <summary>Gets the most entries applied in one turn.</summary>
    public int ApplyEntriesMax { get; init; } = 1024;

    /// <summary>Gets the most payload bytes applied in one turn; a single larger entry is still applied.</summary>
    public long ApplyBytesMax { get; init; } = 1 << 20;

    /// <summary>Gets a number that differs each time the process starts, at least 0.</summary>
    public int BootId { get; init; }
}
