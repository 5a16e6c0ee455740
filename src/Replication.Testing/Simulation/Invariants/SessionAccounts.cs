using System.Buffers;
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
        ReadOnlyMemory<byte> bytes = Written(table);
        MessagePackReader reader = new(bytes);
        ClientSessionTable again = ClientSessionTableCodec.Read(ref reader, SessionLimits.Default);
        return again.Count != table.Count
            ? $"{table.Count} sessions are kept, but {again.Count} are stored"
            : again.Bytes != table.Bytes
            ? $"{table.Bytes} bytes of results are counted, but {again.Bytes} are stored"
            : Written(again).Span.SequenceEqual(bytes.Span) ? null
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
}
