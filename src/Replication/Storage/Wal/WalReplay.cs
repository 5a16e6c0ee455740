using Replication.Errors;
using Replication.Primitives;
using Replication.Raft.Primitives;
using Replication.Storage.Records;

namespace Replication.Storage.Wal;

/// <summary>Rebuilds what each group had from the records, in order.</summary>
/// <remarks>
/// A truncate marker voids the entries from its index on, and so does an entry at or below the last one; so what was
/// once overwritten
/// never comes back. Segments are given up from the front, so a group's first entry here may be any; at the end it must
/// follow its base.
/// </remarks>
internal sealed class WalReplay(RecordLogOptions options) : IRecordVisitor
{
    public SortedDictionary<long, WalGroup> Groups { get; } = [];

    public Dictionary<GroupId, RecoveredGroup> Recovered { get; } = [];

    public void Visit(long address, ReadOnlySpan<byte> payload)
    {
        WalOperation operation = WalRecord.Read(payload);
        if (!Recovered.TryGetValue(operation.Group, out RecoveredGroup? group))
        {
            group = new RecoveredGroup();
            Recovered.Add(operation.Group, group);
            Groups.Add(operation.Group.Value, new WalGroup());
        }

        Groups[operation.Group.Value].Note(operation, address);
        switch (operation.Kind)
        {
            case WalOperationKind.HardState:
                group.HardState = operation.HardState;
                break;
            case WalOperationKind.Truncate:
                Truncate(group, operation.Index);
                break;
            case WalOperationKind.Compact:
                Compact(group, operation.Base);
                break;
            default:
                Append(operation.Group, group, operation.Entry, new RecordLocation(address, payload.Length));
                break;
        }
    }

    /// <summary>Checks that nothing is missing.</summary>
    public void Finish()
    {
        foreach ((GroupId id, RecoveredGroup group) in Recovered.OrderBy(r => r.Key.Value))
        {
            WalGroup known = Groups[id.Value];
            if (group.Entries.Count == 0)
            {
                known.FirstNeeded = long.MaxValue;
                continue;
            }

            RecoveredEntry first = group.Entries[0];
            known.FirstNeeded = first.Location.Address;
            if (first.Id.Index != group.Base.Index.Next())
            {
                throw Damaged(first.Location.Address, id, $"the first entry has index {first.Id.Index}, but the log "
                    + $"was given up to {group.Base.Index} only");
            }
        }
    }

    private static void Truncate(RecoveredGroup group, LogIndex from)
    {
        if (group.Entries.Count > 0)
        {
            int kept = (int)Math.Clamp(from - group.Entries[0].Id.Index, 0, group.Entries.Count);
            group.Entries.RemoveRange(kept, group.Entries.Count - kept);
        }
    }

    private static void Compact(RecoveredGroup group, LogId newBase)
    {
        group.Base = newBase;
        if (group.Entries.Count > 0)
        {
            int gone = (int)Math.Clamp(newBase.Index - group.Entries[0].Id.Index + 1, 0, group.Entries.Count);
            group.Entries.RemoveRange(0, gone);
        }
    }

    private void Append(GroupId id, RecoveredGroup group, in LogEntry entry, RecordLocation location)
    {
        Truncate(group, entry.Id.Index);
        if (group.Entries.Count > 0 && entry.Id.Index != group.Entries[^1].Id.Index.Next())
        {
            throw Damaged(location.Address, id, $"entry {entry.Id.Index} follows entry {group.Entries[^1].Id.Index}");
        }

        group.Entries.Add(new RecoveredEntry(
            entry.Id, entry.Kind, entry.Timestamp, location.Length - WalRecord.EntryHeadBytes, location));
    }

    private StorageCorruptedException Damaged(long address, GroupId id, string what)
    {
        var geometry = new RecordGeometry(options);
        return new StorageCorruptedException(
            SegmentFiles.FileName(options.Directory, geometry.SegmentOf(address)),
            geometry.OffsetInSegment(address),
            $"group {id}: {what}. Entries are missing. {StorageCorruptedException.WhatToDo}");
    }
}
