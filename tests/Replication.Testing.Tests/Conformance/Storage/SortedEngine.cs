using System.Collections.Immutable;
using Replication.Primitives;
using Replication.Raft.Primitives;
using Replication.StateMachines;
using Replication.Storage.Engine;
using Replication.Storage.Files;
using Replication.Storage.Records;

namespace Replication.Testing.Tests.Conformance.Storage;

/// <summary>A key-value engine as somebody might write it on the public packages: all keys and values in an immutable
/// sorted dictionary, which a checkpoint writes as a whole.</summary>
internal class SortedEngine : IKeyValueEngine
{
    private readonly WholeFile _file;
    private readonly long _window;

    // The states of the window, the oldest first; the first may be older.
    private ImmutableList<SortedState> _states;
    private ImmutableList<SortedState> _published;
    private CheckpointWork? _work;

    public SortedEngine(WholeFile file, KeyValueEngineOptions options)
    {
        _file = file;
        _window = HybridTimestamp.FromUnixMilliseconds((long)options.VersionWindow.TotalMilliseconds).Value;
        byte[] attachment = [];
        SortedState state = file.Read() is { } content ? SortedState.Read(content, out attachment) : SortedState.Empty;
        CheckpointId = state.Id;
        CheckpointAttachment = attachment;
        _states = [state];
        _published = _states;
    }

    public LogId CheckpointId { get; private set; }

    public virtual ReadOnlyMemory<byte> CheckpointAttachment { get; protected set; }

    public long UnwrittenBytes => 0;

    protected SortedState Applied => _states[^1];

    public void Apply(in ApplyContext context, ReadOnlySpan<KeyValueMutation> mutations)
    {
        if (context.Id.Index <= Applied.Id.Index || context.Timestamp <= Applied.Timestamp)
        {
            throw new ArgumentException($"Entry {context.Id} can't follow {Applied.Id}.", nameof(context));
        }

        var keys = Applied.Keys.ToBuilder();
        foreach (ref readonly KeyValueMutation mutation in mutations)
        {
            byte[] key = mutation.Key.ToArray();
            if (key.Length == 0)
            {
                throw new ArgumentException("A key is empty.", nameof(mutations));
            }

            keys.Remove(key);
            if (!mutation.IsDelete)
            {
                keys.Add(key, new KeyValueRecord(
                    key, mutation.Value.ToArray(), context.Id.Index, context.Timestamp));
            }
        }

        _states = _states.Add(new SortedState(context.Id, context.Timestamp, keys.ToImmutable()));
    }

    public bool TryGetApplied(ReadOnlySpan<byte> key, out KeyValueRecord record) =>
        Applied.Keys.TryGetValue(key.ToArray(), out record);

    public void Publish()
    {
        while (_states.Count > 1 && _states[1].Timestamp.Value <= Applied.Timestamp.Value - _window)
        {
            _states = _states.RemoveAt(0);
        }

        Volatile.Write(ref _published, _states);
    }

    public virtual IKeyValueSnapshot CaptureSnapshot()
    {
        SortedState state = Volatile.Read(ref _published)[^1];
        return new SortedSnapshot(() => state);
    }

    public IKeyValueSnapshot? CaptureSnapshotAt(HybridTimestamp timestamp)
    {
        ImmutableList<SortedState> states = Volatile.Read(ref _published);
        bool isWithin = timestamp >= states[0].Timestamp && timestamp <= states[^1].Timestamp
            && timestamp.Value >= states[^1].Timestamp.Value - _window;
        SortedState? state = isWithin ? states.FindLast(each => each.Timestamp <= timestamp) : null;
        return state is null ? null : new SortedSnapshot(() => state);
    }

    public IBackgroundWork CaptureCheckpoint(LogId id, ReadOnlyMemory<byte> attachment)
    {
        if (_work is not null)
        {
            throw new InvalidOperationException("A checkpoint is under way.");
        }

        if (id.Index < Applied.Id.Index)
        {
            throw new ArgumentException($"Entry {Applied.Id} is applied, which is later.", nameof(id));
        }

        _work = new CheckpointWork(this, Applied with { Id = id }, attachment);
        return _work;
    }

    public void Dispose()
    {
    }

    protected virtual SortedState ToWrite(SortedState captured) => captured;

    private sealed class CheckpointWork(SortedEngine owner, SortedState state, ReadOnlyMemory<byte> attachment)
        : IBackgroundWork
    {
        private volatile bool _isDone;

        public void Run()
        {
            owner._file.Write(owner.ToWrite(state).Write(attachment.Span));
            _isDone = true;
        }

        public void Completed()
        {
            if (!_isDone || owner._work != this)
            {
                throw new InvalidOperationException("A checkpoint is completed once, after its work was done.");
            }

            owner._work = null;
            owner.CheckpointId = state.Id;
            owner.CheckpointAttachment = attachment;
        }
    }
}

/// <summary>Opens such engines.</summary>
internal sealed class SortedEngineFactory : IKeyValueEngineFactory
{
    public IKeyValueEngine Open(
        IFileSystem files, IRecordLogFactory records, string directory, KeyValueEngineOptions options) =>
        new SortedEngine(new WholeFile(files, directory), options);
}
