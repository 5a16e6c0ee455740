using Replication.Kv;
using Replication.Raft.Primitives;
using Replication.Storage.Engine;

namespace Replication.Hosting;

/// <summary>Settings of a host. Checked when the host starts; an error names the setting and the value.</summary>
public sealed class ReplicaHostOptions
{
    /// <summary>Gets or sets the cluster; equal on all its nodes.</summary>
    public Guid ClusterId { get; set; }

    /// <summary>Gets or sets this node.</summary>
    public NodeId NodeId { get; set; }

    /// <summary>Gets or sets the time between two heartbeats of a leader.</summary>
    /// <value>The default value is 50 ms. From 5 ms to 10 s.</value>
    public TimeSpan HeartbeatInterval { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Gets or sets the shortest time a follower waits for its leader before it stands for election.</summary>
    /// <value>The default value is 300 ms. At least twice <see cref="HeartbeatInterval"/>, at most 60 s.</value>
    public TimeSpan ElectionTimeoutMin { get; set; } = TimeSpan.FromMilliseconds(300);

    /// <summary>Gets or sets the upper end of the range from which election timeouts are drawn.</summary>
    /// <value>The default value is 600 ms. More than <see cref="ElectionTimeoutMin"/>.</value>
    public TimeSpan ElectionTimeoutMax { get; set; } = TimeSpan.FromMilliseconds(600);

    /// <summary>Gets or sets whether a write called on a follower is forwarded to the leader.</summary>
    /// <value>The default value is true. If false it is Rejected(NotLeader).</value>
    public bool ForwardWrites { get; set; } = true;

    /// <summary>Gets or sets how long a write may wait for its outcome, forwarded or not, before it is
    /// Indeterminate.</summary>
    /// <value>The default value is 10 s. From 100 ms to 10 min.</value>
    public TimeSpan WriteTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Gets or sets how long a linearizable read waits for a confirmed leader.</summary>
    /// <value>The default value is 5 s. From 100 ms to 10 min.</value>
    public TimeSpan ReadTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Gets or sets the most bytes of proposals, per group, that wait or are not yet applied; callers wait
    /// for room.</summary>
    /// <value>The default value is 64 MiB. At least 4 MiB.</value>
    public long PendingBytesMax { get; set; } = 64L << 20;

    /// <summary>Gets or sets the bytes of recent entries kept in memory per group.</summary>
    /// <value>The default value is 64 MiB. At least 4 MiB.</value>
    public long EntryCacheBytesMax { get; set; } = 64L << 20;

    /// <summary>Gets or sets after how many bytes of applied log a checkpoint is made. While four times as much is
    /// applied and not yet written, a leader's callers wait for the disk.</summary>
    /// <value>The default value is 64 MiB. At least 64 KiB.</value>
    public long CheckpointLogBytes { get; set; } = 64L << 20;

    /// <summary>Gets or sets the bytes of retained log from which writes are Rejected(LogFull), because a member that
    /// needs old entries stays away.</summary>
    /// <value>The default value is 8 GiB. At least four times <see cref="CheckpointLogBytes"/>.</value>
    public long LogBytesMax { get; set; } = 8L << 30;

    /// <summary>Gets or sets how many bytes of disk are kept free: below it writes are Rejected(DiskFull).</summary>
    /// <value>The default value is 256 MiB. At least 16 MiB.</value>
    public long DiskReserveBytes { get; set; } = 256L << 20;

    /// <summary>Gets or sets after how much log time without a write a client session expires by default.</summary>
    /// <value>The default value is 1 h. From 1 s to 365 days.</value>
    public TimeSpan SessionTimeout { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Gets or sets whether what a caller does after a call that ends alone may run on a thread of the host,
    /// which spares waking another.</summary>
    /// <value>The default value is false. If true, code after an awaited call must not block: the host waits for
    /// it.</value>
    public bool AllowSynchronousContinuations { get; set; }

    /// <summary>Gets or sets the seed of the host's random numbers; 0 draws one, which is logged at start.</summary>
    public ulong Seed { get; set; }

    /// <summary>Gets the limits of the key-value stores.</summary>
    public KeyValueLimits KeyValue { get; } = new();

    /// <summary>Gets the settings of the key-value engines.</summary>
    public KeyValueEngineOptions Engine { get; } = new();
}
