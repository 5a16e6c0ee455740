using Replication.Errors;
using Replication.Primitives;
using Replication.Raft.Messages;
using Replication.Raft.Primitives;
using Replication.Serialization;

namespace Replication.Transport;

/// <content>The messages of the core.</content>
internal static partial class PeerMessageForm
{
    private const int RaftHeadFields = HeadFields + 3;
    private const int RequestVoteFields = RaftHeadFields + 4;
    private const int RequestVoteReplyFields = RaftHeadFields + 2;
    private const int AppendEntriesFields = RaftHeadFields + 7;
    private const int AppendEntriesReplyFields = RaftHeadFields + 5;
    private const int HeartbeatFields = RaftHeadFields + 3;
    private const int HeartbeatReplyFields = RaftHeadFields + 1;
    private const int ReadIndexRequestFields = RaftHeadFields + 1;
    private const int ReadIndexReplyFields = RaftHeadFields + 3;

    private const int EntryFields = 4;

    /// <summary>Array header, term, kind, timestamp and an empty payload, each in its shortest form.</summary>
    private const int EntryBytesMin = 1 + 1 + 1 + 1 + 2;

    private static void WriteRaft(ref MessagePackWriter writer, RaftPeerMessage envelope)
    {
        if (envelope.Message is not AppendEntries && envelope.Entries.Count != 0)
        {
            throw new ArgumentException(
                $"A {envelope.Message.GetType().Name} carries no entries, but {envelope.Entries.Count} are beside it.");
        }

        GroupId group = envelope.Group;
        switch (envelope.Message)
        {
            case RequestVote m:
                WriteRaftHead(ref writer, PeerMessageKind.RequestVote, group, m, RequestVoteFields);
                WriteId(ref writer, m.LastLogId);
                writer.Write(m.IsPreVote);
                writer.Write(m.IsLeadershipTransfer);
                break;
            case RequestVoteReply m:
                WriteRaftHead(ref writer, PeerMessageKind.RequestVoteReply, group, m, RequestVoteReplyFields);
                writer.Write(m.Granted);
                writer.Write(m.IsPreVote);
                break;
            case AppendEntries m:
                WriteAppendEntries(ref writer, group, m, envelope.Entries);
                break;
            case AppendEntriesReply m:
                WriteRaftHead(ref writer, PeerMessageKind.AppendEntriesReply, group, m, AppendEntriesReplyFields);
                writer.Write(m.Success);
                writer.Write(m.MatchIndex.Value);
                writer.Write(m.RejectedIndex.Value);
                WriteId(ref writer, m.Hint);
                break;
            case Heartbeat m:
                WriteRaftHead(ref writer, PeerMessageKind.Heartbeat, group, m, HeartbeatFields);
                writer.Write(m.CommitIndex.Value);
                writer.Write(m.Round);
                writer.Write(m.CompactionFloor.Value);
                break;
            case HeartbeatReply m:
                WriteRaftHead(ref writer, PeerMessageKind.HeartbeatReply, group, m, HeartbeatReplyFields);
                writer.Write(m.Round);
                break;
            default:
                WriteReadOrTransfer(ref writer, group, envelope.Message);
                break;
        }
    }

    private static void WriteReadOrTransfer(ref MessagePackWriter writer, GroupId group, RaftMessage message)
    {
        switch (message)
        {
            case ReadIndexRequest m:
                WriteRaftHead(ref writer, PeerMessageKind.ReadIndexRequest, group, m, ReadIndexRequestFields);
                writer.Write(m.ReadId);
                break;
            case ReadIndexReply m:
                WriteRaftHead(ref writer, PeerMessageKind.ReadIndexReply, group, m, ReadIndexReplyFields);
                writer.Write(m.ReadId);
                writer.Write(m.Confirmed);
                writer.Write(m.Index.Value);
                break;
            case TimeoutNow m:
                WriteRaftHead(ref writer, PeerMessageKind.TimeoutNow, group, m, RaftHeadFields);
                break;
            default:
                throw new ArgumentException($"There is no wire form for {message.GetType().Name}.", nameof(message));
        }
    }

    private static void WriteRaftHead(
        ref MessagePackWriter writer, PeerMessageKind kind, GroupId group, RaftMessage message, int fields)
    {
        WriteHead(ref writer, kind, group, fields);
        writer.Write(message.From.Value);
        writer.Write(message.To.Value);
        writer.Write(message.Term.Value);
    }

    private static void WriteAppendEntries(
        ref MessagePackWriter writer, GroupId group, AppendEntries message, IReadOnlyList<LogEntry> entries)
    {
        if (message.Entries.Length != entries.Count || entries.Count > message.LastIndex - message.PrevLogId.Index)
        {
            throw new ArgumentException(
                $"AppendEntries after {message.PrevLogId} to {message.LastIndex} " +
                $"names {message.Entries.Length} entries, but {entries.Count} are beside it.");
        }

        WriteRaftHead(ref writer, PeerMessageKind.AppendEntries, group, message, AppendEntriesFields);
        WriteId(ref writer, message.PrevLogId);
        writer.Write(message.LastIndex.Value);
        writer.Write(message.CommitIndex.Value);
        writer.Write(message.CompactionFloor.Value);
        writer.Write(message.MayShorten);
        writer.WriteArrayHeader(entries.Count);
        ReadOnlySpan<EntryHeader> headers = message.Entries.Span;
        for (int i = 0; i < entries.Count; i++)
        {
            LogEntry entry = entries[i];
            if (entry.Header != headers[i] || entry.Id.Index != message.FirstIndex + i)
            {
                throw new ArgumentException(
                    $"AppendEntries names {headers[i]} at {message.FirstIndex + i}, " +
                    $"but {entry.Header} at {entry.Id.Index} is beside it.");
            }

            writer.WriteArrayHeader(EntryFields);
            writer.Write(entry.Id.Term.Value);
            writer.Write((byte)entry.Kind);
            writer.Write(entry.Timestamp.Value);
            writer.Write(entry.Payload.Span);
        }
    }

    private static RaftPeerMessage ReadRaft(ref MessagePackReader reader, PeerMessageKind kind, GroupId group)
    {
        NodeId from = ReadNode(ref reader);
        NodeId to = ReadNode(ref reader);
        Term term = ReadTerm(ref reader);
        if (kind == PeerMessageKind.AppendEntries)
        {
            return ReadAppendEntries(ref reader, group, from, to, term);
        }

        // Initializers run in the order written, which is the order of the fields.
        RaftMessage message = kind switch
        {
            PeerMessageKind.RequestVote => new RequestVote
            {
                From = from, To = to, Term = term,
                LastLogId = ReadId(ref reader),
                IsPreVote = reader.ReadBoolean(),
                IsLeadershipTransfer = reader.ReadBoolean(),
            },
            PeerMessageKind.RequestVoteReply => new RequestVoteReply
            {
                From = from, To = to, Term = term,
                Granted = reader.ReadBoolean(),
                IsPreVote = reader.ReadBoolean(),
            },
            PeerMessageKind.AppendEntriesReply => new AppendEntriesReply
            {
                From = from, To = to, Term = term,
                Success = reader.ReadBoolean(),
                MatchIndex = ReadIndex(ref reader),
                RejectedIndex = ReadIndex(ref reader),
                Hint = ReadId(ref reader),
            },
            PeerMessageKind.Heartbeat => new Heartbeat
            {
                From = from, To = to, Term = term,
                CommitIndex = ReadIndex(ref reader),
                Round = reader.ReadInt64(),
                CompactionFloor = ReadIndex(ref reader),
            },
            PeerMessageKind.HeartbeatReply =>
                new HeartbeatReply { From = from, To = to, Term = term, Round = reader.ReadInt64() },
            PeerMessageKind.ReadIndexRequest =>
                new ReadIndexRequest { From = from, To = to, Term = term, ReadId = reader.ReadInt64() },
            PeerMessageKind.ReadIndexReply => new ReadIndexReply
            {
                From = from, To = to, Term = term,
                ReadId = reader.ReadInt64(),
                Confirmed = reader.ReadBoolean(),
                Index = ReadIndex(ref reader),
            },
            PeerMessageKind.TimeoutNow => new TimeoutNow { From = from, To = to, Term = term },
            _ => throw new MalformedMessageException($"Peer message kind {(byte)kind} is none of the core's."),
        };
        return new RaftPeerMessage(group, message, []);
    }

    private static RaftPeerMessage ReadAppendEntries(
        ref MessagePackReader reader, GroupId group, NodeId from, NodeId to, Term term)
    {
        LogId previous = ReadId(ref reader);
        LogIndex last = ReadIndex(ref reader);
        LogIndex commit = ReadIndex(ref reader);
        LogIndex floor = ReadIndex(ref reader);
        bool mayShorten = reader.ReadBoolean();
        int count = reader.ReadArrayHeader();
        if (last < previous.Index || count > last - previous.Index)
        {
            throw new MalformedMessageException(
                $"AppendEntries after {previous} ends at {last}, but carries {count} entries.");
        }

        LogEntry[] entries = ReadEntries(ref reader, previous.Index, count);
        var headers = new EntryHeader[entries.Length];
        for (int i = 0; i < entries.Length; i++)
        {
            headers[i] = entries[i].Header;
        }

        var message = new AppendEntries
        {
            From = from, To = to, Term = term,
            PrevLogId = previous,
            LastIndex = last,
            CommitIndex = commit,
            CompactionFloor = floor,
            MayShorten = mayShorten,
            Entries = headers,
        };
        return new RaftPeerMessage(group, message, entries);
    }

    private static LogEntry[] ReadEntries(ref MessagePackReader reader, LogIndex previous, int count)
    {
        if (count == 0)
        {
            return [];
        }

        // The reader knows that there is a byte per entry; an entry takes more, and the arrays below cost more than the
        // bytes.
        if (count > reader.Remaining / EntryBytesMin)
        {
            throw new MalformedMessageException(
                $"{count} entries are announced, but only {reader.Remaining} bytes are left.");
        }

        var entries = new LogEntry[count];
        var payloads = new PayloadBlocks(reader.Remaining);
        for (int i = 0; i < count; i++)
        {
            int fields = reader.ReadArrayHeader();
            if (fields != EntryFields)
            {
                throw new MalformedMessageException($"An entry has {EntryFields} fields, this one has {fields}.");
            }

            Term term = ReadTerm(ref reader);
            var kind = (EntryKind)reader.ReadByte();
            if (kind is < EntryKind.NoOp or > EntryKind.Command)
            {
                throw new MalformedMessageException($"Entry kind {(byte)kind} is unknown.");
            }

            HybridTimestamp timestamp = ReadTimestamp(ref reader);
            entries[i] = new LogEntry(
                new LogId(term, previous + (i + 1)), kind, timestamp, payloads.Copy(reader.ReadBytesSpan()));
        }

        return entries;
    }
}
