using Replication.Errors;
using Replication.Primitives;
using Replication.Raft.Primitives;
using Replication.StateMachines;
using Replication.Storage.Engine.Checkpoints;
using Replication.Storage.Engine.Snapshots;
using Replication.Storage.Engine.Tree;
using Replication.Storage.Engine.Values;
using Replication.Storage.Records;

namespace Replication.Storage.Engine;

/// <summary>Keys with their versions in an ordered copy-on-write tree in memory, values in an append-only log of the
/// engine.</summary>
/// <remarks>
/// The owner applies and publishes; nothing here waits. A checkpoint hands everything applied since the last one to a
/// background
/// worker, which alone writes the log. Until a value is durable there it stays in memory; afterwards it may be
/// evicted and is read
/// back with its checksum. Old versions and old parts of the log go only when no snapshot can need them.
/// </remarks>
internal sealed class CopyOnWriteEngine : IKeyValueEngine
{
    // Work that is left over from earlier is done in small steps beside each apply: more than one apply can add.
    private const int StepsPerMutation = 4;
    private const int StepsPerPublish = 64;
    private const int StepsPerCheckpoint = 1024;
    private const long CopyBytesMin = 16 << 20;

    private readonly int _recordBytesMax;
    private readonly CheckpointFiles _checkpoints;
    private readonly IRecordLog _log;
    private readonly ValueReader _values;
    private readonly ValueLogWriter _writer;
    private readonly VersionTree _tree;
    private readonly ValueLedger _ledger;
    private readonly VersionWindow _window;
    private readonly LogTruncation _truncation = new();
    private readonly EntryTimelineWriter _timeline = new();
    private Checkpoint _checkpoint;
    private CheckpointWork? _work;
    private PublishedState _published;
    private LogId _id;
    private HybridTimestamp _timestamp;
    private long _liveKeys;
    private int _mutationsSincePublish;

    /// <summary>Creates an engine in the state that was restored.</summary>
    public CopyOnWriteEngine(
        KeyValueEngineOptions options, RecordLogOptions logOptions, CheckpointFiles checkpoints, Checkpoint checkpoint,
            IRecordLog log, ValueLogRestore restored)
    {
        _recordBytesMax = logOptions.RecordBytesMax;
        _checkpoints = checkpoints;
        _checkpoint = checkpoint;
        _log = log;
        _values = new ValueReader(log, logOptions.Directory);
        _writer = new ValueLogWriter(log, _values);
        _tree = restored.Tree;
        _liveKeys = restored.LiveKeys;
        _ledger = new ValueLedger(options, 1L << logOptions.SegmentSizeBits, restored.Chunks);
        _window = new VersionWindow(options.VersionWindow, checkpoint.Timestamp, _tree, _ledger);
        _id = checkpoint.Id;
        _timestamp = checkpoint.Timestamp;
        _timeline.Append(_id, _timestamp);
        _published = NewState();
    }

    /// <inheritdoc/>
    public LogId CheckpointId => _checkpoint.Id;

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> CheckpointAttachment => _checkpoint.Attachment;

    /// <inheritdoc/>
    public long UnwrittenBytes => _ledger.UnwrittenBytes;

    /// <summary>Gets how many keys there are, applied or published.</summary>
    internal long Keys => _liveKeys;

    /// <summary>Gets the address below which the value log was given up.</summary>
    internal long ValueLogBegin => _log.BeginAddress;

    /// <summary>Gets the account of the value log, for tests and figures.</summary>
    internal ValueLedger Ledger => _ledger;

    /// <inheritdoc/>
    public void Apply(in ApplyContext context, ReadOnlySpan<KeyValueMutation> mutations)
    {
        Check(context, mutations);
        foreach (ref readonly KeyValueMutation mutation in mutations)
        {
            Write(context, mutation);
        }

        _id = context.Id;
        _timestamp = context.Timestamp;
        _timeline.Append(_id, _timestamp);
        _mutationsSincePublish += mutations.Length;
        int steps = StepsPerMutation * (mutations.Length + 1);
        _window.Prune(steps);
        _ledger.Evict(steps);
    }

    /// <inheritdoc/>
    public bool TryGetApplied(ReadOnlySpan<byte> key, out KeyValueRecord record) =>
        _values.TryRead(VersionTree.Find(_tree.Root, key), out record);

    /// <inheritdoc/>
    public void Publish()
    {
        _window.MoveTo(_timestamp);
        _window.Prune(StepsPerPublish);
        _timeline.Prune(_window.PruneFloor);
        _ledger.Evict(StepsPerPublish);
        _ledger.Compact(StepsPerPublish + (StepsPerMutation * _mutationsSincePublish), CopyBytesMax);
        _mutationsSincePublish = 0;
        _truncation.Grant();
        _truncation.Rotate();
        Volatile.Write(ref _published, NewState());
    }

    /// <inheritdoc/>
    public IKeyValueSnapshot CaptureSnapshot()
    {
        while (true)
        {
            PublishedState state = Volatile.Read(ref _published);
            if (state.AddressGate.TryEnter())
            {
                return new EngineSnapshot(state.Root, state.Id, state.Timestamp, _values, state.AddressGate, null);
            }
        }
    }

    /// <inheritdoc/>
    public IKeyValueSnapshot? CaptureSnapshotAt(HybridTimestamp timestamp)
    {
        while (true)
        {
            PublishedState state = Volatile.Read(ref _published);
            if (timestamp < state.Floor || timestamp > state.Timestamp)
            {
                return null;
            }

            if (!state.AddressGate.TryEnter())
            {
                continue;
            }

            if (state.VersionGate.TryEnter())
            {
                (LogId id, HybridTimestamp at) = state.Timeline.At(timestamp);
                return new EngineSnapshot(state.Root, id, at, _values, state.AddressGate, state.VersionGate);
            }

            state.AddressGate.Leave();
        }
    }

    /// <inheritdoc/>
    public IBackgroundWork CaptureCheckpoint(LogId id, ReadOnlyMemory<byte> attachment)
    {
        if (_work is { } underWay)
        {
            throw underWay.Failure is { } failure
                ? new StorageFailedException($"The checkpoint of entry {underWay.Id} failed.", failure)
                : new InvalidOperationException($"The checkpoint of entry {underWay.Id} is not completed.");
        }

        if (id.Index < _id.Index)
        {
            throw new ArgumentException($"The last applied entry is {_id}, not {id}.", nameof(id));
        }

        _ledger.Compact(StepsPerCheckpoint, CopyBytesMax);
        _truncation.Grant();
        Checkpoint draft = _checkpoint with
        {
            Sequence = _checkpoint.Sequence + 1,
            Id = id,
            Timestamp = _timestamp,
            LiveKeys = _liveKeys,
            Attachment = attachment.ToArray(),
        };
        _work = new CheckpointWork(this, _writer, _checkpoints, draft, _ledger.HandOver(), _truncation.Granted);
        return _work;
    }

    /// <inheritdoc/>
    public void Dispose() => _log.Dispose();

    /// <summary>A checkpoint is durable.</summary>
    /// <param name="work">The work that was under way.</param>
    internal void Land(CheckpointWork work)
    {
        if (!ReferenceEquals(work, _work))
        {
            throw new InvalidOperationException($"The checkpoint of entry {work.Id} was completed before.");
        }

        _work = null;
        _checkpoint = work.Result!;
        _ledger.Land(work.HandOver);
        _ledger.Evict(StepsPerCheckpoint);
        _truncation.Wish(work.HandOver.TruncateTo);
    }

    private long CopyBytesMax => Math.Max(CopyBytesMin, 2 * _ledger.UnwrittenBytes);

    private void Check(in ApplyContext context, ReadOnlySpan<KeyValueMutation> mutations)
    {
        if (context.Id.Index <= _id.Index || context.Timestamp <= _timestamp)
        {
            throw new ArgumentException(
                $"Entry {context.Id} at {context.Timestamp.Value} can't follow entry {_id} at {_timestamp.Value}: "
                + "index and log time rise.",
                nameof(context));
        }

        foreach (ref readonly KeyValueMutation mutation in mutations)
        {
            long bytes = ValueRecord.HeaderBytes + mutation.Key.Length + mutation.Value.Length;
            if (mutation.Key.Length is 0 or > ValueRecord.KeyBytesMax || bytes > _recordBytesMax)
            {
                throw new ArgumentException(
                    $"A key of {mutation.Key.Length} bytes with a value of {mutation.Value.Length} bytes doesn't fit: "
                    + $"keys are 1 to {ValueRecord.KeyBytesMax} bytes, both together at most "
                    + $"{_recordBytesMax - ValueRecord.HeaderBytes}.",
                    nameof(mutations));
            }
        }
    }

    private void Write(in ApplyContext context, in KeyValueMutation mutation)
    {
        ReadOnlySpan<byte> key = mutation.Key.Span;
        if (mutation.IsDelete && VersionTree.Find(_tree.Root, key) is null or { IsTombstone: true })
        {
            return;
        }

        ref KeyVersion? slot = ref _tree.Slot(key, out byte[] stored);
        KeyVersion version =
            new(stored, mutation.IsDelete ? null : mutation.Value.ToArray(), context.Id.Index, context.Timestamp);
        KeyVersion? head = slot;
        _liveKeys += (version.IsTombstone ? 0 : 1) - (head is null or { IsTombstone: true } ? 0 : 1);
        slot = version;
        _ledger.Add(version);
        Supersede(head, version);
    }

    private void Supersede(KeyVersion? head, KeyVersion version)
    {
        version.Older = head;
        if (head is not null)
        {
            head.IsSuperseded = true;
            if (head.Index == version.Index)
            {
                // Written twice by one entry: nobody may see the first.
                version.Older = head.Older;
                _ledger.Kill(head);
            }
        }

        if (version.Older is not null || version.IsTombstone)
        {
            _window.Add(version);
        }
    }

    private PublishedState NewState() => new()
    {
        Root = _tree.Seal(),
        Id = _id,
        Timestamp = _timestamp,
        Floor = _window.Floor,
        Timeline = _timeline.Current,
        VersionGate = _window.Gate,
        AddressGate = _truncation.Gate,
    };
}
