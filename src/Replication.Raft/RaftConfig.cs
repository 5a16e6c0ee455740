using Replication.Raft.Primitives;

namespace Replication.Raft;

/// <summary>A voter of a group.</summary>
/// <param name="Id">Its node.</param>
/// <param name="Priority">Who should lead: a voter with a higher priority is preferred; 0 stands only when nobody
/// else does. The default is 1.</param>
public readonly record struct RaftVoter(NodeId Id, int Priority = 1);

/// <summary>Settings of one core; equal on all nodes of a group but for the node and the seed.</summary>
public sealed class RaftConfig
{
    /// <summary>Gets this node.</summary>
    public required NodeId NodeId { get; init; }

    /// <summary>Gets the voters, this node among them.</summary>
    public required IReadOnlyList<RaftVoter> Voters { get; init; }

    /// <summary>
    /// Gets the seed of the core's random numbers: election timeouts, and where the numbers of forwarded reads begin.
    /// </summary>
    /// <remarks>
    /// Take another one at each start of a node. With the seed of its earlier life, a late answer to a read of that
    /// life could pass for the answer to a new one.
    /// </remarks>
    public required ulong Seed { get; init; }

    /// <summary>Gets the time between two heartbeats of a leader.</summary>
    /// <value>The default value is 50 ms.</value>
    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Gets the shortest time a follower waits for its leader before it stands for election.</summary>
    /// <value>The default value is 300 ms. At least twice <see cref="HeartbeatInterval"/>.</value>
    /// <remarks>Thesis §3.9: broadcast time ≪ election timeout ≪ time between failures.</remarks>
    public TimeSpan ElectionTimeoutMin { get; init; } = TimeSpan.FromMilliseconds(300);

    /// <summary>Gets the upper end of the range from which election timeouts are drawn.</summary>
    /// <value>The default value is 600 ms. More than <see cref="ElectionTimeoutMin"/>.</value>
    public TimeSpan ElectionTimeoutMax { get; init; } = TimeSpan.FromMilliseconds(600);

    /// <summary>Gets the most entries in one AppendEntries.</summary>
    /// <value>The default value is 1,024. At least 1.</value>
    public int AppendEntriesMax { get; init; } = 1024;

    /// <summary>Gets the most payload bytes in one AppendEntries; a single larger entry still goes, alone.</summary>
    /// <value>The default value is 1 MiB. At least 1.</value>
    public int AppendBytesMax { get; init; } = 1 << 20;

    /// <summary>Gets the most entries in flight to one peer.</summary>
    /// <value>The default value is 16,384. At least 1.</value>
    public int InflightEntriesMax { get; init; } = 16_384;

    /// <summary>Gets the most AppendEntries messages with entries in flight to one peer.</summary>
    /// <value>The default value is 256. At least 1.</value>
    public int InflightMessagesMax { get; init; } = 256;

    /// <summary>Gets the most payload bytes in flight to one peer; a single larger entry still goes, alone.</summary>
    /// <value>The default value is 16 MiB. At least 1.</value>
    public long InflightBytesMax { get; init; } = 16 << 20;

    /// <summary>
    /// Gets how many payload sizes the core keeps at most: 256 KiB of memory for a group with a member that is away.
    /// </summary>
    internal int EntrySizesMax { get; init; } = 65_536;
}

/// <summary>What a core starts from: the state that a node found on its disk.</summary>
public sealed class RaftRecovery
{
    /// <summary>Gets the persisted term and vote.</summary>
    public HardState HardState { get; init; }

    /// <summary>Gets the identity of the last entry removed by compaction; zero if none was.</summary>
    public LogId Base { get; init; }

    /// <summary>
    /// Gets the headers of all entries after <see cref="Base"/>, in order. The core keeps terms as runs, not these.
    /// </summary>
    public IEnumerable<EntryHeader> Entries { get; init; } = [];

    /// <summary>
    /// Gets the index up to which entries are known to be committed, for example what the state machine's checkpoint
    /// holds.
    /// </summary>
    public LogIndex CommitIndex { get; init; }
}
