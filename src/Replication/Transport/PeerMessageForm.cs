using Replication.Errors;
using Replication.Primitives;
using Replication.Raft.Primitives;
using Replication.Serialization;

namespace Replication.Transport;

/// <summary>Which kind has which fields: the messages of hosts here, those of the core in the other part.</summary>
internal static partial class PeerMessageForm
{
    private const int HeadFields = 2;
    private const int ProposalFields = HeadFields + 3;
    private const int ProposalReplyFields = HeadFields + 8;

    public static void Write(ref MessagePackWriter writer, PeerMessage message)
    {
        switch (message)
        {
            case RaftPeerMessage raft:
                WriteRaft(ref writer, raft);
                break;
            case ForwardedProposal proposal:
                WriteHead(ref writer, PeerMessageKind.ForwardedProposal, proposal.Group, ProposalFields);
                writer.Write(proposal.RequestId);
                writer.Write(proposal.Term.Value);
                writer.Write(proposal.Command.Span);
                break;
            case ForwardedProposalReply reply:
                WriteProposalReply(ref writer, reply);
                break;
            default:
                throw new ArgumentException($"There is no wire form for {message.GetType().Name}.", nameof(message));
        }
    }

    public static PeerMessage Read(ref MessagePackReader reader)
    {
        int fields = reader.ReadArrayHeader();
        var kind = (PeerMessageKind)reader.ReadByte();
        RequireFields(kind, fields);
        var group = new GroupId(reader.ReadInt64());
        switch (kind)
        {
            case PeerMessageKind.ForwardedProposal:
                long requestId = reader.ReadInt64();
                Term term = ReadTerm(ref reader);
                return new ForwardedProposal(group, requestId, term, reader.ReadBytesSpan().ToArray());
            case PeerMessageKind.ForwardedProposalReply:
                return ReadProposalReply(ref reader, group);
            default:
                return ReadRaft(ref reader, kind, group);
        }
    }

    private static void WriteHead(ref MessagePackWriter writer, PeerMessageKind kind, GroupId group, int fields)
    {
        writer.WriteArrayHeader(fields);
        writer.Write((byte)kind);
        writer.Write(group.Value);
    }

    private static void RequireFields(PeerMessageKind kind, int fields)
    {
        int expected = kind switch
        {
            PeerMessageKind.RequestVote => RequestVoteFields,
            PeerMessageKind.RequestVoteReply => RequestVoteReplyFields,
            PeerMessageKind.AppendEntries => AppendEntriesFields,
            PeerMessageKind.AppendEntriesReply => AppendEntriesReplyFields,
            PeerMessageKind.Heartbeat => HeartbeatFields,
            PeerMessageKind.HeartbeatReply => HeartbeatReplyFields,
            PeerMessageKind.ReadIndexRequest => ReadIndexRequestFields,
            PeerMessageKind.ReadIndexReply => ReadIndexReplyFields,
            PeerMessageKind.TimeoutNow => RaftHeadFields,
            PeerMessageKind.ForwardedProposal => ProposalFields,
            PeerMessageKind.ForwardedProposalReply => ProposalReplyFields,
            _ => throw new MalformedMessageException(
                $"Peer message kind {(byte)kind} is unknown in protocol version {PeerMessageCodec.Version}."),
        };
        if (fields != expected)
        {
            throw new MalformedMessageException($"A {kind} message has {expected} fields, this one has {fields}.");
        }
    }

    private static void WriteProposalReply(ref MessagePackWriter writer, ForwardedProposalReply reply)
    {
        ProposalCompletion result = reply.Result;
        WriteHead(ref writer, PeerMessageKind.ForwardedProposalReply, reply.Group, ProposalReplyFields);
        writer.Write(reply.RequestId);
        writer.Write((byte)result.Outcome);
        writer.Write((byte)result.Reason);
        writer.Write(result.Leader.Value);
        WriteId(ref writer, result.Id);
        writer.Write(result.Timestamp.Value);
        writer.Write(result.Result.Span);
    }

    private static ForwardedProposalReply ReadProposalReply(ref MessagePackReader reader, GroupId group)
    {
        long requestId = reader.ReadInt64();
        var outcome = (WriteOutcome)reader.ReadByte();
        if (outcome is < WriteOutcome.Committed or > WriteOutcome.Indeterminate)
        {
            throw new MalformedMessageException($"A proposal's outcome is {(byte)outcome}; known are 1 to 4.");
        }

        // A reason that this release doesn't know still says "rejected": it is passed on as a number.
        var reason = (RejectReason)reader.ReadByte();
        var leader = new NodeId(checked((int)ReadNotNegative(ref reader, "node id", int.MaxValue)));
        var result = new ProposalCompletion
        {
            Outcome = outcome,
            Reason = reason,
            Leader = leader,
            Id = ReadId(ref reader),
            Timestamp = ReadTimestamp(ref reader),
            Result = reader.ReadBytesSpan().ToArray(),
        };
        return new ForwardedProposalReply(group, requestId, result);
    }

    private static void WriteId(ref MessagePackWriter writer, LogId id)
    {
        writer.Write(id.Term.Value);
        writer.Write(id.Index.Value);
    }

    private static LogId ReadId(ref MessagePackReader reader)
    {
        Term term = ReadTerm(ref reader);
        return new LogId(term, ReadIndex(ref reader));
    }

    private static Term ReadTerm(ref MessagePackReader reader) => new(ReadNotNegative(ref reader, "term"));

    private static LogIndex ReadIndex(ref MessagePackReader reader) => new(ReadNotNegative(ref reader, "log index"));

    private static HybridTimestamp ReadTimestamp(ref MessagePackReader reader) =>
        new(ReadNotNegative(ref reader, "timestamp"));

    private static NodeId ReadNode(ref MessagePackReader reader)
    {
        long value = ReadNotNegative(ref reader, "node id", int.MaxValue);
        return value != 0 ? new NodeId((int)value) : throw new MalformedMessageException("A node id is 0.");
    }

    private static long ReadNotNegative(ref MessagePackReader reader, string what, long max = long.MaxValue)
    {
        long value = reader.ReadInt64();
        return value >= 0 && value <= max
            ? value
            : throw new MalformedMessageException($"A {what} is {value}; it must be from 0 to {max}.");
    }
}
