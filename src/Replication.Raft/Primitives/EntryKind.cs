namespace Replication.Raft.Primitives;

/// <summary>What an entry of the log holds. The numbers are part of the disk and wire formats.</summary>
public enum EntryKind : byte
{
    /// <summary>
    /// Nothing: the first entry of each new leader, by which it commits what came before (thesis §6.4).
    /// </summary>
    NoOp = 1,

    /// <summary>A command for the state machine.</summary>
    Command = 2,
}
