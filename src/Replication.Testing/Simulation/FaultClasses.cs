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

    /// <summary>Processes stand still or are slow, or their checkpoints and other background work wait.</summary>
    Pauses = 4,

    /// <summary>Wall clocks jump by up to an hour either way, monotonic clocks run fast by up to 0.04 %.</summary>
    Clocks = 8,

    /// <summary>Links are cut: one way, nodes isolated or deaf, halves, rings, bridges, flapping, one node after the
    /// other; connections break.</summary>
    Partitions = 16,

    /// <summary>Messages are lost, corrupted or late, or links narrow; where messages are datagrams, also doubled,
    /// reordered or replayed.</summary>
    Messages = 32,

    /// <summary>Disks are slow, stall, are full, or can't read a sector for a while.</summary>
    DiskTrouble = 64,

    /// <summary>Disks of a minority fail a write or a sync, flip bits, are wiped, confirm flushes that they don't do,
    /// lose a sector or put it elsewhere, or are put back to a backup.</summary>
    DiskDamage = 128,

    /// <summary>Operators move the leadership.</summary>
    Transfers = 256,

    /// <summary>All of them.</summary>
    All = 511,
}
