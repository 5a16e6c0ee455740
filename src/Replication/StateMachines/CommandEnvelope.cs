using Replication.Errors;
using Replication.Serialization;
using Replication.Sessions;

namespace Replication.StateMachines;

/// <summary>What an entry's payload asks for. Numbers are part of the log's format.</summary>
internal enum CommandKind : byte
{
    /// <summary>A command for the state machine, executed as often as it is committed.</summary>
    Command = 1,

    /// <summary>A command with a request id, executed once.</summary>
    SessionCommand = 2,

    /// <summary>A client session is opened; its number is the entry's index.</summary>
    OpenSession = 3,

    /// <summary>A client session is given up.</summary>
    CloseSession = 4,
}

/// <summary>The head of an entry's payload: the format's number, the kind, the kind's fields, all as MessagePack; then
/// the command, raw.</summary>
internal readonly record struct CommandEnvelope
{
    /// <summary>The first byte of every payload.</summary>
    public const byte Format = 1;

    /// <summary>Gets what is asked for.</summary>
    public CommandKind Kind { get; private init; }

    /// <summary>Gets the request id of a session command; for closing a session its number alone.</summary>
    public RequestId Request { get; private init; }

    /// <summary>Gets the timeout of a session to be opened.</summary>
    public long TimeoutMilliseconds { get; private init; }

    public static CommandEnvelope ForCommand(RequestId request) => request.IsNone
        ? new CommandEnvelope { Kind = CommandKind.Command }
        : new CommandEnvelope { Kind = CommandKind.SessionCommand, Request = request };

    public static CommandEnvelope ForOpening(TimeSpan timeout) =>
        new() { Kind = CommandKind.OpenSession, TimeoutMilliseconds = (long)timeout.TotalMilliseconds };

    public static CommandEnvelope ForClosing(long sessionId) =>
        new() { Kind = CommandKind.CloseSession, Request = new RequestId(sessionId, 0, 0) };

    /// <summary>Reads the head of a payload that may be of a newer release.</summary>
    /// <returns>False if it is malformed or newer.</returns>
    public static bool TryReadKnown(
        ReadOnlySpan<byte> payload, out CommandEnvelope envelope, out ReadOnlySpan<byte> command)
    {
        envelope = default;
        command = default;
        return !payload.IsEmpty && payload[0] == Format && TryRead(payload, out envelope, out command);
    }

    /// <summary>Reads the head of a payload.</summary>
    /// <param name="payload">The payload.</param>
    /// <param name="envelope">The head.</param>
    /// <param name="command">The command behind it: part of the payload.</param>
    /// <returns>False if it is malformed, which every replica finds alike.</returns>
    /// <exception cref="NewerFormatException">A newer release wrote it.</exception>
    public static bool TryRead(ReadOnlySpan<byte> payload, out CommandEnvelope envelope, out ReadOnlySpan<byte> command)
    {
        envelope = default;
        command = default;
        if (payload.IsEmpty || payload[0] is 0 or > MessagePackCode.FixIntMax)
        {
            return false;
        }

        if (payload[0] != Format)
        {
            throw new NewerFormatException(
                $"An entry has payload format {payload[0]}; this release knows {Format}. Upgrade this node.");
        }

        try
        {
            var reader = new MessagePackReader(payload[1..]);
            envelope = ReadFields(ref reader);
            command = payload[(1 + (int)reader.Consumed)..];
        }
        catch (MessagePackSerializationException)
        {
            return false;
        }

        return envelope.IsValid && (envelope.Kind <= CommandKind.SessionCommand || command.IsEmpty);
    }

    /// <summary>Gets how many bytes <see cref="Write"/> takes.</summary>
    public int SizeBytes() => 2 + Kind switch
    {
        CommandKind.SessionCommand => MessagePackSize.OfInteger(Request.SessionId)
            + MessagePackSize.OfInteger(Request.Sequence) + MessagePackSize.OfInteger(Request.AcknowledgedBelow),
        CommandKind.OpenSession => MessagePackSize.OfInteger(TimeoutMilliseconds),
        CommandKind.CloseSession => MessagePackSize.OfInteger(Request.SessionId),
        _ => 0,
    };

    public void Write(ref MessagePackWriter writer)
    {
        writer.Write(Format);
        writer.Write((byte)Kind);
        switch (Kind)
        {
            case CommandKind.SessionCommand:
                writer.Write(Request.SessionId);
                writer.Write(Request.Sequence);
                writer.Write(Request.AcknowledgedBelow);
                break;
            case CommandKind.OpenSession:
                writer.Write(TimeoutMilliseconds);
                break;
            case CommandKind.CloseSession:
                writer.Write(Request.SessionId);
                break;
            default:
                break;
        }
    }

    /// <summary>Makes the payload of a command that is already encoded.</summary>
    public byte[] ToPayload(ReadOnlySpan<byte> command)
    {
        var buffer = new ExactBufferWriter();
        buffer.Begin(checked(SizeBytes() + command.Length));
        var writer = new MessagePackWriter(buffer);
        Write(ref writer);
        writer.WriteRaw(command);
        writer.Flush();
        return buffer.Take();
    }

    private bool IsValid => Kind switch
    {
        CommandKind.Command => true,
        CommandKind.SessionCommand => Request is { SessionId: > 0, Sequence: > 0, AcknowledgedBelow: >= 0 }
            && Request.AcknowledgedBelow <= Request.Sequence,
        CommandKind.OpenSession => TimeoutMilliseconds >= SessionLimits.TimeoutMin.TotalMilliseconds
            && TimeoutMilliseconds <= SessionLimits.TimeoutMax.TotalMilliseconds,
        CommandKind.CloseSession => Request.SessionId > 0,
        _ => false,
    };

    private static CommandEnvelope ReadFields(ref MessagePackReader reader)
    {
        var kind = (CommandKind)reader.ReadByte();
        return kind switch
        {
            CommandKind.SessionCommand => new CommandEnvelope
            {
                Kind = kind,
                Request = new RequestId(reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64()),
            },
            CommandKind.OpenSession => new CommandEnvelope { Kind = kind, TimeoutMilliseconds = reader.ReadInt64() },
            CommandKind.CloseSession =>
                new CommandEnvelope { Kind = kind, Request = new RequestId(reader.ReadInt64(), 0, 0) },
            _ => new CommandEnvelope { Kind = kind },
        };
    }
}
