namespace Replication.Testing.Simulation;

/// <summary>Groups of faults that a run has or has not.</summary>
[Flags]
public enum FaultClasses
{
    /// <summary>Nothing goes wrong.</summary>
    None = 0,

    /// <summary>Processes are killed and start again.</summary>
    Kills = 1,

    /// <summary>Machines lose power, one or all: what was not synced is lost, kept, reordered or torn.</summary>
    PowerLosses = 2,

    /// <summary>Processes stand still, or are slow.</summary>
    Pauses = 4,

    /// <summary>Wall clocks jump by up to an hour, monotonic clocks run fast by up to 0.04 %.</summary>
    Clocks = 8,

    /// <summary>Links are cut: one way, nodes isolated, halves, rings, bridges, flapping.</summary>
    Partitions = 16,

    /// <summary>Messages are lost, doubled, reordered, corrupted, replayed, or late.</summary>
    Messages = 32,

    /// <summary>Disks are slow, stall, are full, or fail a write or a sync.</summary>
    DiskTrouble = 64,

    /// <summary>Disks of a minority flip bits or are wiped.</summary>
    DiskDamage = 128,

    /// <summary>Operators move the leadership.</summary>
    Transfers = 256,

    /// <summary>All of them.</summary>
    All = 511,
}
