namespace Replication.Testing.Simulation.Faults;

/// <summary>What can be made to go wrong. Names stand in plans and ledgers: they are never given to another
/// fault.</summary>
internal enum FaultKind
{
    /// <summary>A process is killed; what it wrote stays in the page cache. Restarts after the duration.</summary>
    Kill,

    /// <summary>A machine loses power; the disk keeps what it must. Restarts after the duration.</summary>
    PowerLoss,

    /// <summary>All machines lose power at once.</summary>
    PowerLossOfAll,

    /// <summary>A process stands still; what arrives waits, and is handled back to back afterwards.</summary>
    Pause,

    /// <summary>A processor is slower by the amount as a factor.</summary>
    SlowProcessor,

    /// <summary>The wall clock of a node jumps by the amount in milliseconds.</summary>
    ClockJump,

    /// <summary>The monotonic clock of a node runs fast by the amount in parts per million.</summary>
    ClockRate,

    /// <summary>What node sends to peer is lost.</summary>
    CutOneWay,

    /// <summary>A node is cut off; node 0 is the leader of that moment.</summary>
    Isolate,

    /// <summary>A node can send but not receive; node 0 is the leader of that moment.</summary>
    Deaf,

    /// <summary>The nodes in the mask are cut off from the others.</summary>
    Halves,

    /// <summary>Each node reaches a majority, no two nodes the same one. Among three nodes and fewer nothing is
    /// cut.</summary>
    MajorityRing,

    /// <summary>Two halves that both reach one node. Between two nodes nothing is cut.</summary>
    Bridge,

    /// <summary>A node is cut off and joined again with the amount in milliseconds as period.</summary>
    Flapping,

    /// <summary>The links of the nodes in the mask are clogged one after the other, and freed in another
    /// order.</summary>
    SwizzleClog,

    /// <summary>The connection from node to peer breaks once.</summary>
    BreakConnection,

    /// <summary>Messages are lost, the amount in per mille of them.</summary>
    Loss,

    /// <summary>Messages arrive twice.</summary>
    Duplication,

    /// <summary>Messages are overtaken by later ones.</summary>
    Reordering,

    /// <summary>Bits of messages flip.</summary>
    Corruption,

    /// <summary>Messages of long ago arrive again.</summary>
    Replay,

    /// <summary>Some messages take up to a second.</summary>
    LatencyTail,

    /// <summary>All messages take longer by the amount as a factor.</summary>
    SlowNetwork,

    /// <summary>A disk is slower by the amount as a factor.</summary>
    SlowDisk,

    /// <summary>A disk does nothing.</summary>
    StalledDisk,

    /// <summary>A disk has no room for more than the amount in bytes.</summary>
    FullDisk,

    /// <summary>The next sync of a disk fails; the process stops, and starts again 200 ms later.</summary>
    SyncError,

    /// <summary>The next write of a disk fails; the process stops, and starts again 200 ms later.</summary>
    WriteError,

    /// <summary>A stopped node's disk has flipped bits when it starts again.</summary>
    BitRot,

    /// <summary>A node is stopped, and its disk is emptied: it stays away.</summary>
    Wipe,

    /// <summary>An operator hands leadership over to a node; 0 leaves the choice.</summary>
    Transfer,

    /// <summary>Checkpoints and other background work of a node wait.</summary>
    StalledBackground,

    /// <summary>A sector of a disk, the next that is read, can't be read until the end.</summary>
    ReadError,

    /// <summary>A disk confirms syncs and does nothing; at the end its machine loses power. The node stays away once
    /// it has forgotten something, whatever it finds.</summary>
    LyingFlush,

    /// <summary>The next sync of a disk leaves out a sector; at the end its machine loses power. The node stays
    /// away.</summary>
    LostWrite,

    /// <summary>As <see cref="LostWrite"/>, and the sector overwrites another one.</summary>
    MisdirectedWrite,

    /// <summary>A backup of a disk is taken; at the end the process ends and the disk is put back to it. The node stays
    /// away.</summary>
    Rollback,

    /// <summary>Each link carries no more than the amount in kilobytes a second.</summary>
    Bandwidth,

    /// <summary>A process is killed at once and then every so many milliseconds, the amount, as long as this lasts; it
    /// starts again at once.</summary>
    CrashLoop,
}
