using System.Buffers;
using Replication.Errors;
using Replication.Raft.Primitives;
using Replication.Serialization;
using Replication.StateMachines;
using Replication.Storage.Engine;

namespace Replication.Kv.Machine;

/// <summary>The key-value store as a state machine: reads conditions, makes all changes of a batch or none, and answers
/// what its gets saw.</summary>
/// <remarks>Stepped by the group's applier. What a command does follows from its bytes and the state alone.</remarks>
internal sealed class KvStateMachine : ICheckpointedStateMachine
{
    private readonly IKeyValueEngine _engine;
    private readonly BatchChanges _changes = new();
    private readonly ArrayBufferWriter<byte> _answers = new();
    private byte[] _command = [];

    /// <summary>Takes up an engine; owns it from now on.</summary>
    public KvStateMachine(IKeyValueEngine engine)
    {
        _engine = engine;
    }

    /// <inheritdoc/>
    public LogId CheckpointId => _engine.CheckpointId;

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> CheckpointAttachment => _engine.CheckpointAttachment;

    /// <inheritdoc/>
    public long UnwrittenBytes => _engine.UnwrittenBytes;

    // What is malformed is answered as such, by every release alike.
    /// <inheritdoc/>
    public bool CanApply(ReadOnlySpan<byte> command) =>
        command.IsEmpty || command[0] is 0 or > MessagePackCode.FixIntMax or KeyValueFormat.Version;

    /// <inheritdoc/>
    public void Apply(in ApplyContext context, ReadOnlySpan<byte> command, IBufferWriter<byte> result)
    {
        _changes.Clear();
        _answers.ResetWrittenCount();
        KeyValueStatus status = Execute(context, Copied(command), out int position);
        if (status == KeyValueStatus.Done)
        {
            _engine.Apply(context, _changes.All);
            KeyValueResultCodec.WriteDone(result, position, _answers.WrittenSpan);
        }
        else
        {
            // Also without a change the engine learns how far it is.
            _engine.Apply(context, []);
            KeyValueResultCodec.WriteFailed(result, status, position);
        }
    }

    /// <inheritdoc/>
    public void Publish() => _engine.Publish();

    /// <inheritdoc/>
    public IBackgroundWork CaptureCheckpoint(LogId id, ReadOnlyMemory<byte> attachment) =>
        _engine.CaptureCheckpoint(id, attachment);

    /// <inheritdoc/>
    public void Dispose() => _engine.Dispose();

    /// <summary>Changes are handed to the engine as memory; the command is lent as a span.</summary>
    private ReadOnlyMemory<byte> Copied(ReadOnlySpan<byte> command)
    {
        if (_command.Length < command.Length)
        {
            _command = new byte[Math.Max(command.Length, Math.Min(2 * _command.Length, 4 << 20))];
        }

        command.CopyTo(_command);
        return _command.AsMemory(0, command.Length);
    }

    private KeyValueStatus Execute(in ApplyContext context, ReadOnlyMemory<byte> command, out int position)
    {
        position = 0;
        if (command.IsEmpty || command.Span[0] is 0 or > MessagePackCode.FixIntMax)
        {
            return KeyValueStatus.Malformed;
        }

        if (command.Span[0] != KeyValueFormat.Version)
        {
            throw new NewerFormatException(
                $"Entry {context.Id} holds a key-value command of format {command.Span[0]}; " +
                $"this release knows {KeyValueFormat.Version}. Upgrade this node.");
        }

        try
        {
            var reader = new MessagePackReader(command.Span);
            reader.ReadByte();
            int count = reader.ReadArrayHeader();
            for (; position < count; position++)
            {
                KeyValueOperation operation = KeyValueCommandCodec.ReadOperation(
                    ref reader, command, out int valueBytesMax);
                KeyValueStatus status = Execute(context, operation, valueBytesMax);
                if (status != KeyValueStatus.Done)
                {
                    return status;
                }
            }

            return reader.End ? KeyValueStatus.Done : KeyValueStatus.Malformed;
        }
        catch (MessagePackSerializationException)
        {
            return KeyValueStatus.Malformed;
        }
    }

    private KeyValueStatus Execute(in ApplyContext context, in KeyValueOperation operation, int valueBytesMax)
    {
        if (operation.Kind == KeyValueOperationKind.Put)
        {
            // The most common operation needs nothing of what was there.
            _changes.Set(new KeyValueMutation(operation.Key, operation.Value, IsDelete: false));
            KeyValueResultCodec.WriteNothing(_answers);
            return KeyValueStatus.Done;
        }

        bool found = TryGet(context, operation.Key, out ReadOnlyMemory<byte> value, out LogIndex version);
        bool holds = true;
        switch (operation.Kind)
        {
            case KeyValueOperationKind.Get:
                return AnswerGet(found, value, version);
            case KeyValueOperationKind.Delete:
                if (found)
                {
                    _changes.Set(new KeyValueMutation(operation.Key, default, IsDelete: true));
                }

                KeyValueResultCodec.WriteDeleted(_answers, found);
                return KeyValueStatus.Done;
            case KeyValueOperationKind.Append:
                if (value.Length > valueBytesMax - operation.Value.Length)
                {
                    return KeyValueStatus.ValueTooLarge;
                }

                byte[] longer = [.. value.Span, .. operation.Value.Span];
                _changes.Set(new KeyValueMutation(operation.Key, longer, IsDelete: false));
                break;
            case KeyValueOperationKind.RequireValue:
                holds = found && value.Span.SequenceEqual(operation.Value.Span);
                break;
            case KeyValueOperationKind.RequireAbsent:
                holds = !found;
                break;
            default:
                holds = version == operation.Version;
                break;
        }

        KeyValueResultCodec.WriteNothing(_answers);
        return holds ? KeyValueStatus.Done : KeyValueStatus.ConditionFailed;
    }

    private KeyValueStatus AnswerGet(bool found, ReadOnlyMemory<byte> value, LogIndex version)
    {
        if (_answers.WrittenCount + value.Length > KeyValueFormat.ResultBytesMax)
        {
            return KeyValueStatus.ResultTooLarge;
        }

        KeyValueResultCodec.WriteGot(_answers, found, value.Span, version);
        return KeyValueStatus.Done;
    }

    /// <summary>What the batch sees: its own changes, and below them the state before it. A key that is not there has
    /// version zero.</summary>
    private bool TryGet(in ApplyContext context, ReadOnlyMemory<byte> key, out ReadOnlyMemory<byte> value,
        out LogIndex version)
    {
        value = default;
        version = LogIndex.Zero;
        if (_changes.TryGet(key, out KeyValueMutation change))
        {
            if (change.IsDelete)
            {
                return false;
            }

            value = change.Value;
            version = context.Id.Index;
            return true;
        }

        if (!_engine.TryGetApplied(key.Span, out KeyValueRecord record))
        {
            return false;
        }

        value = record.Value;
        version = record.Version;
        return true;
    }
}
