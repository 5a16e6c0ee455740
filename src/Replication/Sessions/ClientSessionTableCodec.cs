using System.Buffers.Binary;
using Replication.Primitives;
using Replication.Raft.Primitives;
using Replication.Serialization;

namespace Replication.Sessions;

/// <summary>The form of a session table in checkpoints and snapshots: equal tables have equal bytes.</summary>
internal static class ClientSessionTableCodec
{
    private const int SessionFields = 5;
    private const int ResultFields = 6;

    public static void Write(ref MessagePackWriter writer, ClientSessionTable table)
    {
        IReadOnlyList<OpenSession> sessions = table.InOrder();
        writer.WriteArrayHeader(sessions.Count);
        foreach (OpenSession session in sessions)
        {
            writer.WriteArrayHeader(SessionFields);
            writer.Write(session.Id);
            writer.Write(session.TimeoutMilliseconds);
            writer.Write(session.LastWrite.Value);
            writer.Write(session.Floor);
            StoredResult[] results = [.. session.Results()];
            writer.WriteArrayHeader(results.Length);
            foreach (StoredResult result in results)
            {
                WriteResult(ref writer, result);
            }
        }
    }

    /// <exception cref="MessagePackSerializationException">The bytes are not a table.</exception>
    public static ClientSessionTable Read(ref MessagePackReader reader, SessionLimits limits)
    {
        var table = new ClientSessionTable(limits);
        int sessions = reader.ReadArrayHeader();
        long previousId = 0;
        for (int i = 0; i < sessions; i++)
        {
            OpenSession session = ReadSession(ref reader, limits);
            Require(session.Id > previousId, "session ids rise");
            previousId = session.Id;
            table.Restore(session);
        }

        return table;
    }

    private static OpenSession ReadSession(ref MessagePackReader reader, SessionLimits limits)
    {
        Require(reader.ReadArrayHeader() == SessionFields, "a session has its fields");
        long id = reader.ReadInt64();
        long timeout = reader.ReadInt64();
        long lastWrite = reader.ReadInt64();
        long floor = reader.ReadInt64();
        Require(timeout > 0 && timeout <= SessionLimits.TimeoutMax.TotalMilliseconds, "a timeout is within its bounds");
        Require(lastWrite >= 0 && floor >= 1, "time and floor are not negative");
        var session = new OpenSession(id, timeout, new HybridTimestamp(lastWrite), floor);
        int results = reader.ReadArrayHeader();
        for (int i = 0; i < results; i++)
        {
            StoredResult result = ReadResult(ref reader);
            Require(
                result.Sequence >= floor && result.Sequence - floor < limits.WindowSequences
                && !session.TryGet(result.Sequence, out _),
                "a result is in the window, once");
            session.Add(result);
        }

        return session;
    }

    private static void WriteResult(ref MessagePackWriter writer, in StoredResult result)
    {
        Span<byte> hash = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128LittleEndian(hash, result.CommandHash);
        writer.WriteArrayHeader(ResultFields);
        writer.Write(result.Sequence);
        writer.Write(hash);
        writer.Write(result.Id.Term.Value);
        writer.Write(result.Id.Index.Value);
        writer.Write(result.Timestamp.Value);
        writer.Write(result.Result.Span);
    }

    private static StoredResult ReadResult(ref MessagePackReader reader)
    {
        Require(reader.ReadArrayHeader() == ResultFields, "a result has its fields");
        long sequence = reader.ReadInt64();
        ReadOnlySpan<byte> hash = reader.ReadBytesSpan();
        Require(hash.Length == 16, "a command's hash has 16 bytes");
        UInt128 commandHash = BinaryPrimitives.ReadUInt128LittleEndian(hash);
        var id = new LogId(new Term(reader.ReadInt64()), new LogIndex(reader.ReadInt64()));
        var timestamp = new HybridTimestamp(reader.ReadInt64());
        return new StoredResult(sequence, commandHash, id, timestamp, reader.ReadBytesSpan().ToArray());
    }

    private static void Require(bool condition, string rule)
    {
        if (!condition)
        {
            throw new MessagePackSerializationException($"These are not client sessions, where {rule}.");
        }
    }
}
