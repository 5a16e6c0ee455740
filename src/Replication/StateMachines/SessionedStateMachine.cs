using System.Buffers;
using System.IO.Hashing;
using Replication.Errors;
using Replication.Raft.Primitives;
using Replication.Serialization;
using Replication.Sessions;

namespace Replication.StateMachines;

/// <summary>Client sessions before any state machine (thesis §6.3): executes each request id once, and keeps sessions
/// beside the state.</summary>
/// <remarks>
/// Stands between the group and the machine. The sessions are stored in the machine's checkpoints, together with the
/// group's
/// attachment, so that they are exactly as old as the state.
/// </remarks>
internal sealed class SessionedStateMachine : ICheckpointedStateMachine
{
    private const byte AttachmentFormat = 1;

    private readonly ICheckpointedStateMachine _machine;
    private readonly SessionLimits _limits;
    private readonly ClientSessionTable _sessions;
    private readonly ArrayBufferWriter<byte> _result = new();

    /// <summary>Takes up the machine and the sessions of its newest checkpoint; owns the machine from now on.</summary>
    /// <exception cref="ReplicationException">What the checkpoint holds is not what this type stores.</exception>
    public SessionedStateMachine(ICheckpointedStateMachine machine, SessionLimits? limits = null)
    {
        _machine = machine;
        _limits = limits ?? SessionLimits.Default;
        _sessions = ReadAttachment(machine, _limits, out _);
    }

    /// <inheritdoc/>
    public LogId CheckpointId => _machine.CheckpointId;

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> CheckpointAttachment
    {
        get
        {
            ReadAttachment(_machine, _limits, out ReadOnlyMemory<byte> attachment);
            return attachment;
        }
    }

    /// <inheritdoc/>
    public long UnwrittenBytes => _machine.UnwrittenBytes;

    /// <summary>Gets the sessions.</summary>
    public ClientSessionTable Sessions => _sessions;

    /// <inheritdoc/>
    public bool CanApply(ReadOnlySpan<byte> command) =>
        CommandEnvelope.TryReadKnown(command, out CommandEnvelope envelope, out ReadOnlySpan<byte> body)
        && (envelope.Kind > CommandKind.SessionCommand || _machine.CanApply(body));

    /// <inheritdoc/>
    public void Apply(in ApplyContext context, ReadOnlySpan<byte> command, IBufferWriter<byte> result)
    {
        _sessions.BeginEntry(context.Timestamp);
        if (!CommandEnvelope.TryRead(command, out CommandEnvelope envelope, out ReadOnlySpan<byte> body))
        {
            CommandResult.Write(CommandResultCode.Malformed, result);
            return;
        }

        switch (envelope.Kind)
        {
            case CommandKind.Command:
                CommandResult.Write(CommandResultCode.Applied, result);
                _machine.Apply(context, body, result);
                break;
            case CommandKind.SessionCommand:
                ApplyOnce(context, envelope.Request, body, result);
                break;
            case CommandKind.OpenSession:
                bool isOpened = _sessions.TryOpen(
                    context.Id.Index.Value, envelope.TimeoutMilliseconds, context.Timestamp);
                CommandResult.Write(isOpened ? CommandResultCode.SessionOpened : CommandResultCode.SessionsFull,
                    result);
                break;
            default:
                bool isClosed = _sessions.TryClose(envelope.Request.SessionId, context.Timestamp);
                CommandResult.Write(isClosed ? CommandResultCode.SessionClosed : CommandResultCode.SessionExpired,
                    result);
                break;
        }
    }

    /// <inheritdoc/>
    public void Publish() => _machine.Publish();

    /// <inheritdoc/>
    public IBackgroundWork CaptureCheckpoint(LogId id, ReadOnlyMemory<byte> attachment)
    {
        var buffer = new ArrayBufferWriter<byte>(256 + attachment.Length);
        var writer = new MessagePackWriter(buffer);
        writer.Write(AttachmentFormat);
        writer.Write(attachment.Span);
        ClientSessionTableCodec.Write(ref writer, _sessions);
        writer.Flush();
        return _machine.CaptureCheckpoint(id, buffer.WrittenMemory);
    }

    /// <inheritdoc/>
    public void Dispose() => _machine.Dispose();

    private void ApplyOnce(
        in ApplyContext context, RequestId request, ReadOnlySpan<byte> command, IBufferWriter<byte> result)
    {
        // Tells a retry from another command under the same number. Who may write to this group may use any session of
        // it: a hash that withstands forgers would keep nobody out.
        UInt128 hash = XxHash128.HashToUInt128(command);
        switch (_sessions.Judge(request, hash, context.Timestamp, out StoredResult stored))
        {
            case SessionVerdict.Execute:
                _result.ResetWrittenCount();
                _machine.Apply(context, command, _result);
                byte[] kept = _result.WrittenSpan.ToArray();
                _sessions.Store(
                    request.SessionId, new StoredResult(request.Sequence, hash, context.Id, context.Timestamp, kept));
                CommandResult.Write(CommandResultCode.Applied, result);
                result.Write(kept);
                break;
            case SessionVerdict.Replay:
                CommandResult.WriteReplayed(stored.Id, stored.Timestamp, result);
                result.Write(stored.Result.Span);
                break;
            case SessionVerdict.Expired:
                CommandResult.Write(CommandResultCode.SessionExpired, result);
                break;
            case SessionVerdict.Reused:
                CommandResult.Write(CommandResultCode.SequenceReused, result);
                break;
            case SessionVerdict.Overloaded:
                CommandResult.Write(CommandResultCode.Overloaded, result);
                break;
            default:
                CommandResult.Write(CommandResultCode.SequenceOutOfWindow, result);
                break;
        }
    }

    private static ClientSessionTable ReadAttachment(
        ICheckpointedStateMachine machine, SessionLimits limits, out ReadOnlyMemory<byte> attachment)
    {
        attachment = default;
        ReadOnlyMemory<byte> stored = machine.CheckpointAttachment;
        if (stored.IsEmpty)
        {
            return new ClientSessionTable(limits);
        }

        try
        {
            var reader = new MessagePackReader(stored);
            byte format = reader.ReadByte();
            if (format != AttachmentFormat)
            {
                throw new NewerFormatException(
                    $"Checkpoint {machine.CheckpointId} has attachment format {format}; " +
                    $"this release knows {AttachmentFormat}. Upgrade this node.");
            }

            ReadOnlySequence<byte> upper = reader.ReadBytes() ?? default;
            attachment = upper.ToArray();
            ClientSessionTable table = ClientSessionTableCodec.Read(ref reader, limits);
            return reader.End
                ? table
                : throw new ReplicationException(
                    $"Checkpoint {machine.CheckpointId} has an attachment that goes on behind its end.");
        }
        catch (MessagePackSerializationException e)
        {
            throw new ReplicationException(
                $"The attachment of checkpoint {machine.CheckpointId} can't be read: {e.Message}", e);
        }
    }
}
