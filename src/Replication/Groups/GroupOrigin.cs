using Replication.Errors;
using Replication.Raft;
using Replication.Raft.Primitives;
using Replication.StateMachines;
using Replication.Storage.Wal;

namespace Replication.Groups;

/// <summary>What a group starts from: its core's settings, what the disk holds of it, and its state machine at its
/// last checkpoint.</summary>
internal sealed class GroupOrigin
{
    public required string Name { get; init; }

    public required RaftConfig Config { get; init; }

    public required ICheckpointedStateMachine Machine { get; init; }

    /// <summary>Gets what the write-ahead log held; an empty one for a group that is new here.</summary>
    public required RecoveredGroup Recovered { get; init; }

    /// <summary>Gets what the core starts from.</summary>
    /// <param name="checkpoint">The entry that the checkpoint holds: it was committed.</param>
    /// <returns>The recovery.</returns>
    public RaftRecovery Recovery(LogIndex checkpoint) => new()
    {
        HardState = Recovered.HardState,
        Base = Recovered.Base,
        Entries = Headers(Recovered.Entries),
        CommitIndex = checkpoint,
    };

    /// <summary>Refuses a checkpoint and a log that don't meet.</summary>
    /// <param name="checkpoint">The entry that the checkpoint holds.</param>
    /// <param name="last">The last entry of the log.</param>
    public void CheckFits(LogId checkpoint, LogIndex last)
    {
        if (checkpoint.Index < Recovered.Base.Index || checkpoint.Index > last)
        {
            throw new StorageCorruptedException(
                "wal",
                0,
                $"Group {Name}: the checkpoint holds entry {checkpoint}, but the write-ahead log holds the "
                    + $"entries after {Recovered.Base} up to {last}: files of this data directory are missing or "
                        + $"of another time. Bring them back as this node left them.");
        }
    }

    private static IEnumerable<EntryHeader> Headers(List<RecoveredEntry> entries)
    {
        foreach (RecoveredEntry entry in entries)
        {
            yield return new EntryHeader(entry.Id.Term, entry.Kind, entry.PayloadBytes);
        }
    }
}
