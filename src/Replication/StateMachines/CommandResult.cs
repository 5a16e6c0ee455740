using System.Buffers;
using Replication.Errors;
using Replication.Primitives;
using Replication.Raft.Primitives;
using Replication.Serialization;

namespace Replication.StateMachines;

/// <summary>What became of an entry's payload: the first byte of what goes back to the proposer.</summary>
internal enum CommandResultCode : byte
{
    /// <summary>Executed by this entry; the machine's result follows.</summary>
    Applied = 0,

    /// <summary>Executed by an earlier entry; its term, index and timestamp follow, then the machine's
    /// result.</summary>
    Replayed = 1,

    /// <summary>The session is open; the entry's index is its number.</summary>
    SessionOpened = 2,

    /// <summary>The session is closed.</summary>
    SessionClosed = 3,

    /// <summary>Not executed: the session is unknown or expired.</summary>
    SessionExpired = 4,

    /// <summary>Not executed: the sequence was used for another command.</summary>
    SequenceReused = 5,

    /// <summary>Not executed: the sequence is outside the session's window.</summary>
    SequenceOutOfWindow = 6,

    /// <summary>Not opened: the group has as many sessions as it may.</summary>
    SessionsFull = 7,

    /// <summary>Not executed: the group holds too many unacknowledged results.</summary>
    Overloaded = 8,

    /// <summary>Not executed: the payload is not one.</summary>
    Malformed = 9,
}

/// <summary>The result of a committed entry, as <see cref="SessionedStateMachine"/> frames it.</summary>
internal readonly record struct CommandResult
{
    /// <summary>Gets what became of it.</summary>
    public CommandResultCode Code { get; private init; }

    /// <summary>Gets the entry that executed it.</summary>
    public LogId Id { get; private init; }

    /// <summary>Gets log time of that entry.</summary>
    public HybridTimestamp Timestamp { get; private init; }

    /// <summary>Gets what the machine returned.</summary>
    public ReadOnlyMemory<byte> Body { get; private init; }

    /// <summary>Gets whether the command was executed, by this entry or before.</summary>
    public bool IsApplied => Code <= CommandResultCode.Replayed;

    /// <summary>Gets why it was not executed.</summary>
    public RejectReason Reason => Code switch
    {
        CommandResultCode.SessionExpired => RejectReason.SessionExpired,
        CommandResultCode.SequenceReused => RejectReason.SequenceReused,
        CommandResultCode.SequenceOutOfWindow => RejectReason.SequenceOutOfWindow,
        CommandResultCode.SessionsFull => RejectReason.SessionsFull,
        CommandResultCode.Overloaded => RejectReason.Overloaded,
        _ => RejectReason.None,
    };

    /// <summary>Reads the result of a committed proposal.</summary>
    /// <exception cref="ReplicationException">It is not one, or the group found the payload malformed.</exception>
    public static CommandResult Read(in ProposalCompletion completion)
    {
        ReadOnlyMemory<byte> result = completion.Result;
        if (result.IsEmpty || result.Span[0] > (byte)CommandResultCode.Malformed)
        {
            throw new ReplicationException(
                $"Entry {completion.Id} has a result of {result.Length} bytes that is none.");
        }

        var code = (CommandResultCode)result.Span[0];
        switch (code)
        {
            case CommandResultCode.Malformed:
                throw new ReplicationException(
                    $"The group could not read the command of entry {completion.Id} and did not execute it.");
            case CommandResultCode.Replayed:
                var reader = new MessagePackReader(result.Span[1..]);
                var id = new LogId(new Term(reader.ReadInt64()), new LogIndex(reader.ReadInt64()));
                var timestamp = new HybridTimestamp(reader.ReadInt64());
                return new CommandResult { Code = code, Id = id, Timestamp = timestamp,
                    Body = result[(1 + (int)reader.Consumed)..] };
            default:
                return new CommandResult { Code = code, Id = completion.Id, Timestamp = completion.Timestamp,
                    Body = result[1..] };
        }
    }

    /// <summary>Writes a result that has no more to it than its code.</summary>
    public static void Write(CommandResultCode code, IBufferWriter<byte> destination)
    {
        destination.GetSpan(1)[0] = (byte)code;
        destination.Advance(1);
    }

    /// <summary>Writes the head of an earlier entry's result.</summary>
    public static void WriteReplayed(LogId id, HybridTimestamp timestamp, IBufferWriter<byte> destination)
    {
        Write(CommandResultCode.Replayed, destination);
        var writer = new MessagePackWriter(destination);
        writer.Write(id.Term.Value);
        writer.Write(id.Index.Value);
        writer.Write(timestamp.Value);
        writer.Flush();
    }
}
