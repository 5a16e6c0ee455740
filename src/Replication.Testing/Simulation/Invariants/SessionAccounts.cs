using System.Buffers;
using Replication.Primitives;
using Replication.Raft.Primitives;
using Replication.Serialization;
using Replication.Sessions;

namespace Replication.Testing.Simulation.Invariants;

/// <summary>Checks what a table of client sessions keeps beside the sessions: a replica that restarts counts it anew,
/// and what it refuses because of it must be what the others refuse.</summary>
internal static class SessionAccounts
{
    /// <summary>Compares a table with what a restart from its checkpoint makes of it.</summary>
    /// <returns>What is wrong; null if nothing is.</returns>
    public static string? Check(ClientSessionTable table)
    {
        MessagePackReader reader = new(Written(table));
        ClientSessionTable again = ClientSessionTableCodec.Read(ref reader, SessionLimits.Default);
        return again.Count != table.Count
            ? $"{table.Count} sessions are kept, but {again.Count} are stored"
            : again.Bytes != table.Bytes
            ? $"{table.Bytes} bytes of results are counted, but {again.Bytes} are stored"
            : table.InOrder().Zip(again.InOrder()).All(pair => AreEqual(pair.First, pair.Second)) ? null
            : "a restart makes other sessions of them";
    }

    /// <summary>Gets a table as checkpoints hold it.</summary>
    public static ReadOnlyMemory<byte> Written(ClientSessionTable table)
    {
        ArrayBufferWriter<byte> bytes = new();
        MessagePackWriter writer = new(bytes);
        ClientSessionTableCodec.Write(ref writer, table);
        writer.Flush();
        return bytes.WrittenMemory;
    }

    // Not by their bytes: what is not written would not be missed.
    private static bool AreEqual(OpenSession left, OpenSession right) => left.Id == right.Id
        && left.TimeoutMilliseconds == right.TimeoutMilliseconds && left.LastWrite == right.LastWrite
        && left.Floor == right.Floor && left.Bytes == right.Bytes
        && left.Results().Select(FieldsOf).SequenceEqual(right.Results().Select(FieldsOf));

    private static (long Sequence, UInt128 Hash, LogId Id, HybridTimestamp Timestamp) FieldsOf(StoredResult result) =>
        (result.Sequence, result.CommandHash, result.Id, result.Timestamp);
}
