using Replication.Errors;
using Replication.Primitives;
using Replication.Storage.Files;
using Replication.Storage.Records;

namespace Replication.Storage.Wal;

/// <summary>The write-ahead log shared by all groups of a host, over a record log.</summary>
/// <remarks>
/// <see cref="Append"/> and <see cref="Flush"/> belong to one owner, the log's writer: it appends every batch that
/// waits and flushes
/// once; while a flush runs the next batches gather. <see cref="Read"/> is callable from any thread for records whose
/// batch completed.
/// The first error faults the log for good: every batch, pending or later, completes with it.
/// </remarks>
internal sealed class WriteAheadLog : IDisposable
{
    private readonly IRecordLog _log;
    private readonly RecordGeometry _geometry;
    private readonly SortedDictionary<long, WalGroup> _groups;
    private readonly Queue<WalBatch> _pending = new();
    private bool _compacted;

    private WriteAheadLog(IRecordLog log, RecordLogOptions options, RecordLogReport report, WalReplay replay)
    {
        _log = log;
        _geometry = new RecordGeometry(options);
        _groups = replay.Groups;
        Recovered = replay.Recovered;
        Report = report;
    }

    /// <summary>Gets the groups found at opening.</summary>
    public IReadOnlyDictionary<GroupId, RecoveredGroup> Recovered { get; }

    /// <summary>Gets what the opening found, and what it cut.</summary>
    public RecordLogReport Report { get; }

    /// <summary>Gets whether something was appended that no flush has covered.</summary>
    public bool NeedsFlush => _pending.Count > 0;

    /// <summary>Gets the error that stopped the log; null while it is well.</summary>
    public Exception? Fault { get; private set; }

    /// <summary>Gets the address of the next record.</summary>
    public long TailAddress => _log.TailAddress;

    /// <summary>Gets how many bytes of disk the log spans, from its first record to its tail.</summary>
    public long RetainedBytes => _log.TailAddress - _log.BeginAddress;

    /// <summary>Opens the log and reads what it holds.</summary>
    public static WriteAheadLog Open(IRecordLogFactory factory, IFileSystem files, RecordLogOptions options)
    {
        var replay = new WalReplay(options);
        IRecordLog log = factory.Open(files, options, replay, out RecordLogReport report);
        try
        {
            replay.Finish();
            return new WriteAheadLog(log, options, report, replay);
        }
        catch
        {
            log.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Appends a batch; it completes within a later <see cref="Flush"/>, or at once if the log has failed.
    /// </summary>
    public void Append(WalBatch batch)
    {
        _pending.Enqueue(batch);
        if (Fault is null)
        {
            try
            {
                foreach (WalOperation operation in batch.Operations)
                {
                    batch.Locations.Add(AppendOperation(operation));
                }
            }
            catch (Exception exception)
            {
                Fault = exception;
            }
        }

        if (Fault is not null)
        {
            CompletePending();
        }
    }

    /// <summary>
    /// Makes all appended batches durable and completes them, in order. On a disk error completes them with the error
    /// and faults.
    /// </summary>
    public void Flush()
    {
        if (Fault is null)
        {
            try
            {
                long begin = _compacted ? CarryForward() : 0;
                _compacted = false;
                _log.Flush();
                if (begin > 0)
                {
                    _log.TruncatePrefix(begin);
                }
            }
            catch (Exception exception)
            {
                Fault = exception;
            }
        }

        CompletePending();
    }

    /// <summary>
    /// Makes the durable-until hint durable; to be called when nothing was appended for <see
    /// cref="RecordLogOptions.HintInterval"/>.
    /// </summary>
    /// <remarks>On a disk error the log faults; nothing waits on it.</remarks>
    public void WriteHint()
    {
        if (Fault is null)
        {
            try
            {
                _log.WriteHint();
            }
            catch (Exception exception)
            {
                Fault = exception;
            }
        }
    }

    /// <summary>Reads an entry back.</summary>
    /// <exception cref="StorageCorruptedException">What is there is not what was written.</exception>
    public LogEntry Read(RecordLocation location)
    {
        byte[] payload = new byte[location.Length];
        _log.Read(location.Address, payload);
        WalOperation operation = WalRecord.Read(payload);
        return operation.Kind == WalOperationKind.Entry
            ? operation.Entry with { Payload = payload.AsMemory(WalRecord.EntryHeadBytes) }
            : throw new ArgumentException(
                $"The record at address {location.Address} is a {operation.Kind}, not an entry.", nameof(location));
    }

    public void Dispose()
    {
        Fault ??= new ObjectDisposedException(nameof(WriteAheadLog));
        CompletePending();
        _log.Dispose();
    }

    private RecordLocation AppendOperation(in WalOperation operation)
    {
        Span<byte> head = stackalloc byte[WalRecord.HeadBytesMax];
        head = head[..WalRecord.WriteHead(operation, head)];
        long address = _log.Append(head, operation.Entry.Payload.Span);
        if (!_groups.TryGetValue(operation.Group.Value, out WalGroup? group))
        {
            group = new WalGroup();
            _groups.Add(operation.Group.Value, group);
        }

        group.Note(operation, address);
        if (operation.Kind == WalOperationKind.Compact)
        {
            group.FirstNeeded = operation.Address < address ? operation.Address : long.MaxValue;
            _compacted = true;
        }

        return new RecordLocation(address, head.Length + operation.Entry.Payload.Length);
    }

    /// <summary>Appends anew the hard states and bases that lie in segments which are about to go.</summary>
    /// <returns>The begin of the first segment that stays; 0 if none goes.</returns>
    private long CarryForward()
    {
        long needed = _log.TailAddress;
        foreach (WalGroup group in _groups.Values)
        {
            needed = Math.Min(needed, group.FirstNeeded);
        }

        long firstKept = _geometry.SegmentOf(needed);
        if (firstKept <= _geometry.SegmentOf(_log.BeginAddress))
        {
            return 0;
        }

        long begin = _geometry.SegmentStart(firstKept);
        foreach ((long id, WalGroup group) in _groups)
        {
            if (group.HardStateAddress >= 0 && group.HardStateAddress < begin)
            {
                AppendOperation(new WalOperation { Group = new GroupId(id), Kind = WalOperationKind.HardState,
                    HardState = group.HardState });
            }

            if (group.BaseAddress >= 0 && group.BaseAddress < begin)
            {
                AppendCarried(new GroupId(id), group);
            }
        }

        return begin;
    }

    private void AppendCarried(GroupId id, WalGroup group)
    {
        long firstNeeded = group.FirstNeeded;
        AppendOperation(
            new WalOperation { Group = id, Kind = WalOperationKind.Compact, Base = group.Base, Address = firstNeeded });
        group.FirstNeeded = firstNeeded;
    }

    private void CompletePending()
    {
        while (_pending.TryDequeue(out WalBatch? batch))
        {
            batch.Completed?.Invoke(batch, Fault);
        }
    }
}
