using Replication.Errors;
using Replication.Storage.Engine.Tree;
using Replication.Storage.Engine.Values;
using Replication.Storage.Records;

namespace Replication.Storage.Engine.Checkpoints;

/// <summary>Builds the state of a checkpoint from the records of the value log, in the order of their addresses: the
/// last one of a key counts.</summary>
/// <param name="checkpoint">What the checkpoint file says.</param>
/// <param name="directory">The value log's directory, for errors.</param>
/// <param name="cacheBytesMax">The most bytes of values to keep in memory.</param>
internal sealed class ValueLogRestore(Checkpoint checkpoint, string directory, long cacheBytesMax) : IRecordVisitor
{
    private const int ChunkRecords = 4096;

    private readonly List<LandedChunk> _chunks = [];
    private readonly List<Draft> _drafts = [];
    private Draft _draft = new();
    private long _lastAddress = -1;
    private long _cachedBytes;
    private int _nextVoid;

    /// <summary>Gets the keys with their values.</summary>
    public VersionTree Tree { get; } = new();

    /// <summary>Gets how many keys there are.</summary>
    public long LiveKeys { get; private set; }

    /// <summary>Gets whether the log holds records that the checkpoint doesn't.</summary>
    public bool HasRecordsBeyond { get; private set; }

    /// <summary>Gets the restored versions, in order of address.</summary>
    public IReadOnlyList<LandedChunk> Chunks => _chunks;

    /// <inheritdoc/>
    public void Visit(long address, ReadOnlySpan<byte> payload)
    {
        if (address >= checkpoint.EndAddress)
        {
            HasRecordsBeyond = true;
            return;
        }

        _draft.RecordBytes += payload.Length;
        if (IsVoid(address))
        {
            return;
        }

        _lastAddress = address;
        if (!ValueRecord.TryRead(payload, out ValueRecord record) || record.Index > checkpoint.Id.Index)
        {
            throw Corrupted(address, "the record is none of this checkpoint");
        }

        ReadOnlySpan<byte> key = payload.Slice(ValueRecord.HeaderBytes, record.KeyBytes);
        if (record.IsTombstone)
        {
            Remove(key);
        }
        else
        {
            Put(record, key, payload[(ValueRecord.HeaderBytes + record.KeyBytes)..], address);
        }
    }

    /// <summary>Checks that nothing below the checkpoint is missing, and finishes the list of what the log
    /// holds.</summary>
    /// <param name="log">The open log.</param>
    /// <param name="report">What opening it found.</param>
    public void Finish(IRecordLog log, RecordLogReport report)
    {
        string place = report.CutFile ?? directory;
        long offset = report.CutFile is null ? log.TailAddress : report.CutOffset;
        bool lastIsMissing = checkpoint.LastRecordAddress >= log.BeginAddress
            && checkpoint.LastRecordAddress > 0
            && _lastAddress != checkpoint.LastRecordAddress;
        if (lastIsMissing || log.TailAddress < checkpoint.EndAddress)
        {
            throw new StorageCorruptedException(
                place,
                offset,
                $"records below address {checkpoint.EndAddress} that checkpoint {checkpoint.Id} holds are missing. "
                + StorageCorruptedException.WhatToDo);
        }

        if (LiveKeys != checkpoint.LiveKeys)
        {
            throw new StorageCorruptedException(
                place,
                offset,
                $"the value log gives {LiveKeys} keys, checkpoint {checkpoint.Id} holds {checkpoint.LiveKeys}. "
                + StorageCorruptedException.WhatToDo);
        }

        CloseDraft();
        foreach (Draft draft in _drafts)
        {
            KeyVersion[] live = [.. draft.Versions.Where(version => !version.IsDead)];
            long liveBytes = live.Sum(version => (long)ValueRecord.SizeOf(version));
            _chunks.Add(new LandedChunk(live, draft.RecordBytes - liveBytes));
        }

        _drafts.Clear();
    }

    private void Put(in ValueRecord record, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, long address)
    {
        ref KeyVersion? slot = ref Tree.Slot(key, out byte[] stored);
        if (slot is null)
        {
            LiveKeys++;
        }
        else
        {
            if (slot.Index > record.Index)
            {
                throw Corrupted(address,
                    $"a version of entry {record.Index} follows one of entry {slot.Index} of the same key");
            }

            Bury(slot);
        }

        bool isCached = _cachedBytes + value.Length <= cacheBytesMax;
        _cachedBytes += isCached ? value.Length : 0;
        byte[]? cached = isCached ? value.ToArray() : null;
        slot = new KeyVersion(stored, cached, value.Length, record.Index, record.Timestamp) { Address = address };
        _draft.Versions.Add(slot);
        if (_draft.Versions.Count == ChunkRecords)
        {
            CloseDraft();
        }
    }

    private void Remove(ReadOnlySpan<byte> key)
    {
        if (VersionTree.Find(Tree.Root, key) is { } version)
        {
            Bury(version);
            Tree.Remove(key);
            LiveKeys--;
        }
    }

    private void Bury(KeyVersion version)
    {
        version.IsDead = true;
        _cachedBytes -= version.CachedValue?.Length ?? 0;
        version.Evict();
    }

    private bool IsVoid(long address)
    {
        while (_nextVoid < checkpoint.Voids.Count && address >= checkpoint.Voids[_nextVoid].To)
        {
            _nextVoid++;
        }

        return _nextVoid < checkpoint.Voids.Count && address >= checkpoint.Voids[_nextVoid].From;
    }

    private void CloseDraft()
    {
        _drafts.Add(_draft);
        _draft = new Draft();
    }

    private StorageCorruptedException Corrupted(long address, string reason) =>
        new(directory, address, $"{reason}. {StorageCorruptedException.WhatToDo}");

    private sealed class Draft
    {
        public List<KeyVersion> Versions { get; } = [];

        public long RecordBytes { get; set; }
    }
}
