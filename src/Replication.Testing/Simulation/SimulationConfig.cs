using Replication.Testing.Simulation.Events;
using Replication.Testing.Simulation.Networks;

namespace Replication.Testing.Simulation;

/// <summary>The settings of a run; together with a plan of faults they decide everything that happens in it.</summary>
internal sealed record SimulationConfig
{
    /// <summary>Gets the seed of all random numbers.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Gets how many nodes vote, 1 to 7.</summary>
    public int Nodes { get; init; } = 5;

    /// <summary>Gets how many groups every node hosts over its one log, 1 to 3. Each has its own keys; one at a
    /// time is busy, the others are nearly idle.</summary>
    public int Groups { get; init; } = 1;

    /// <summary>Gets for how long a group is busy before the next one is, in milliseconds.</summary>
    public long GroupPhaseMilliseconds { get; init; } = 4_000;

    /// <summary>Gets of how many operations one goes to any group instead of the busy one.</summary>
    public int GroupRatio { get; init; } = 64;

    /// <summary>Gets how many clients there are.</summary>
    public int Clients { get; init; } = 10;

    /// <summary>Gets how many operations all clients together try to start per second.</summary>
    public int OperationsPerSecond { get; init; } = 100;

    /// <summary>Gets how long faults happen and clients work, in milliseconds.</summary>
    public long SafetyMilliseconds { get; init; } = 60_000;

    /// <summary>Gets the most operations that are drawn.</summary>
    public long OperationsMax { get; init; } = long.MaxValue;

    /// <summary>Gets a value indicating whether everything that was touched is read again at the end.</summary>
    public bool HasFinalReads { get; init; } = true;

    /// <summary>Gets how many register keys there are.</summary>
    public int RegisterKeys { get; init; } = 8;

    /// <summary>Gets how many list keys there are.</summary>
    public int ListKeys { get; init; } = 8;

    /// <summary>Gets how many operations on one list there are before clients go over to a new one.</summary>
    public int ListLengthMax { get; init; } = 50;

    /// <summary>Gets the size of values beyond their number, in bytes.</summary>
    public int PaddingBytes { get; init; }

    /// <summary>Gets how long a client waits for an operation before its outcome is unknown to it.</summary>
    public long ClientTimeoutMilliseconds { get; init; } = 5_000;

    /// <summary>Gets how many clients write in one session together.</summary>
    public int ClientsPerSession { get; init; } = 1;

    public long HeartbeatMilliseconds { get; init; } = 50;

    public long ElectionTimeoutMinMilliseconds { get; init; } = 300;

    public long ElectionTimeoutMaxMilliseconds { get; init; } = 600;

    public int AppendEntriesMax { get; init; } = 1024;

    public int AppendBytesMax { get; init; } = 1 << 20;

    public int InflightMessagesMax { get; init; } = 256;

    public bool ForwardWrites { get; init; } = true;

    /// <summary>Gets after how long a node tells the caller of a write that its outcome is unknown.</summary>
    public long WriteTimeoutMilliseconds { get; init; } = 10_000;

    /// <summary>Gets after how much log time without a write a client session expires, 1,000 ms at least.</summary>
    public long SessionTimeoutMilliseconds { get; init; } = 600_000;

    public long CheckpointLogBytes { get; init; } = 64 << 10;

    public long LogBytesMax { get; init; } = 8L << 30;

    public long TrailingEntries { get; init; } = 64;

    public long EntryCacheBytesMax { get; init; } = 32 << 10;

    /// <summary>Gets the most bytes of values that the key-value engine keeps in memory; others are read back from
    /// disk.</summary>
    public long ValueCacheBytesMax { get; init; } = 256 << 20;

    public int ApplyEntriesMax { get; init; } = 1024;

    /// <summary>Gets the page size of the record logs as a power of two.</summary>
    public int PageSizeBits { get; init; } = 14;

    /// <summary>Gets the segment size of the record logs as a power of two.</summary>
    public int SegmentSizeBits { get; init; } = 17;

    /// <summary>Gets the bytes that a segment grows by ahead of small flushes.</summary>
    public int GrowthBytes { get; init; }

    /// <summary>Gets how long, in log time, the store keeps overwritten values.</summary>
    public long VersionWindowMilliseconds { get; init; } = 1_000;

    /// <summary>Gets from which share of dead bytes on the store's value log is compacted, in percent.</summary>
    public int CompactionDeadPercent { get; init; } = 50;

    public SchedulingKind Scheduling { get; init; }

    /// <summary>Gets how many changes of priority or long delays a schedule has.</summary>
    public int SchedulingDepth { get; init; } = 5;

    public NetworkMode Network { get; init; }

    /// <summary>Gets the least time of a message on its way within a region, in microseconds.</summary>
    public long LatencyMicroseconds { get; init; } = 150;

    /// <summary>Gets the mean of what a message takes beyond the least time, in microseconds.</summary>
    public long LatencyTailMicroseconds { get; init; } = 100;

    /// <summary>Gets over how many regions the nodes are spread; between two of them messages take much
    /// longer.</summary>
    public int Regions { get; init; } = 1;

    /// <summary>Gets the mean time of a flush, in microseconds.</summary>
    public long FlushMicroseconds { get; init; } = 400;

    /// <summary>Gets how many nodes may lose or damage their disks for good: always a minority.</summary>
    public int DamagedNodesMax { get; init; }

    /// <summary>Gets which classes of faults a plan draws from.</summary>
    public FaultClasses Faults { get; init; } = FaultClasses.All;

    /// <summary>Gets whether some processes are killed again and again when kills are drawn.</summary>
    public bool HasCrashLoops { get; init; }

    /// <summary>Gets the mean time between two faults, in milliseconds.</summary>
    public long FaultIntervalMilliseconds { get; init; } = 4_000;

    /// <summary>Gets whether at each acknowledgement the disks are recovered from their worst-case images.</summary>
    public bool IsDeep { get; init; }

    /// <summary>Gets how many votes make a majority.</summary>
    public int Majority => (Nodes / 2) + 1;
}
