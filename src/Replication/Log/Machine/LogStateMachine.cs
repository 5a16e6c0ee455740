using System.Buffers;
using System.Runtime.InteropServices;
using Replication.Raft.Primitives;
using Replication.Serialization;
using Replication.StateMachines;
using Replication.Storage.Engine;

namespace Replication.Log.Machine;

/// <summary>The replicated log as a state machine over an ordered engine: dense positions from 1, trimmed from the
/// front.</summary>
/// <remarks>
/// Stepped by the group's applier. A trim takes effect at once; the records before it are removed by this and the
/// following
/// entries, a bounded number by each.
/// </remarks>
internal sealed class LogStateMachine : ICheckpointedStateMachine
{
    /// <summary>The most trimmed records that one entry removes. Part of the format: it decides the state.</summary>
    public const int RemovalsPerEntry = 64;

    private readonly byte[] _bounds = new byte[LogKeys.BoundsBytes];
    private readonly byte[] _keys = new byte[LogKeys.RecordKeyBytes * (RemovalsPerEntry + 1)];
    private readonly List<KeyValueMutation> _changes = [];
    private LogBounds _state;
    private byte[] _record = [];

    /// <summary>Takes up an engine; owns it from now on.</summary>
    public LogStateMachine(IKeyValueEngine engine)
    {
        Engine = engine;
        _state = engine.TryGetApplied(LogKeys.Bounds.Span, out KeyValueRecord record)
            ? LogBounds.Read(record.Value.Span)
            : LogBounds.Empty;
    }

    /// <summary>Gets the engine, for readers.</summary>
    public IKeyValueEngine Engine { get; }

    /// <summary>Gets or sets what to call after each publish, on the applier.</summary>
    public Action? Published { get; set; }

    /// <inheritdoc/>
    public LogId CheckpointId => Engine.CheckpointId;

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> CheckpointAttachment => Engine.CheckpointAttachment;

    /// <inheritdoc/>
    public long UnwrittenBytes => Engine.UnwrittenBytes;

    // What is malformed is answered as such, by every release alike.
    /// <inheritdoc/>
    public bool CanApply(ReadOnlySpan<byte> command) =>
        command.IsEmpty || command[0] is 0 or > MessagePackCode.FixIntMax or LogCommandCodec.Version;

    /// <inheritdoc/>
    public void Apply(in ApplyContext context, ReadOnlySpan<byte> command, IBufferWriter<byte> result)
    {
        _changes.Clear();
        if (!LogCommandCodec.TryRead(command, out LogCommandKind kind, out ReadOnlySpan<byte> record, out long before))
        {
            Engine.Apply(context, []);
            LogCommandCodec.WriteResult(result, LogStatus.Malformed, 0);
            return;
        }

        long position;
        if (kind == LogCommandKind.Append)
        {
            position = _state.Next;
            AddRecord(record);
        }
        else
        {
            // Beyond the end there is nothing to give up yet.
            position = Math.Max(_state.First, Math.Min(before, _state.Next));
            _state = _state with { First = position };
        }

        RemoveTrimmed();
        _state.Write(_bounds);
        _changes.Add(new KeyValueMutation(LogKeys.Bounds, _bounds, IsDelete: false));
        Engine.Apply(context, CollectionsMarshal.AsSpan(_changes));
        LogCommandCodec.WriteResult(result, LogStatus.Done, position);
    }

    /// <inheritdoc/>
    public void Publish()
    {
        Engine.Publish();
        Published?.Invoke();
    }

    /// <inheritdoc/>
    public IBackgroundWork CaptureCheckpoint(LogId id, ReadOnlyMemory<byte> attachment) =>
        Engine.CaptureCheckpoint(id, attachment);

    /// <inheritdoc/>
    public void Dispose() => Engine.Dispose();

    private void AddRecord(ReadOnlySpan<byte> record)
    {
        if (_record.Length < record.Length)
        {
            _record = new byte[Math.Max(record.Length, Math.Min(2 * _record.Length, LogCommandCodec.RecordBytesMax))];
        }

        record.CopyTo(_record);
        _changes.Add(new KeyValueMutation(KeyOf(_state.Next), _record.AsMemory(0, record.Length), IsDelete: false));
        _state = _state with { Next = checked(_state.Next + 1) };
    }

    private void RemoveTrimmed()
    {
        long end = Math.Min(_state.First, _state.FirstStored + RemovalsPerEntry);
        for (long position = _state.FirstStored; position < end; position++)
        {
            _changes.Add(new KeyValueMutation(KeyOf(position), default, IsDelete: true));
        }

        _state = _state with { FirstStored = end };
    }

    /// <summary>A key in the reused buffer: the engine copies what it keeps.</summary>
    private ReadOnlyMemory<byte> KeyOf(long position)
    {
        Memory<byte> key = _keys.AsMemory(_changes.Count * LogKeys.RecordKeyBytes, LogKeys.RecordKeyBytes);
        LogKeys.WriteRecord(key.Span, position);
        return key;
    }
}
