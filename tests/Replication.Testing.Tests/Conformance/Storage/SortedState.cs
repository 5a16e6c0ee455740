using System.Collections.Immutable;
using Replication.Primitives;
using Replication.Raft.Primitives;
using Replication.Storage.Engine;

namespace Replication.Testing.Tests.Conformance.Storage;

/// <summary>What a <see cref="SortedEngine"/> holds after one entry; never changes.</summary>
internal sealed record SortedState(
    LogId Id, HybridTimestamp Timestamp, ImmutableSortedDictionary<byte[], KeyValueRecord> Keys)
{
    public static SortedState Empty { get; } = new(
        LogId.Zero,
        default,
        ImmutableSortedDictionary.Create<byte[], KeyValueRecord>(
            Comparer<byte[]>.Create((left, right) => left.AsSpan().SequenceCompareTo(right))));

    public static SortedState Read(byte[] content, out byte[] attachment)
    {
        using BinaryReader reader = new(new MemoryStream(content));
        LogId id = new(new Term(reader.ReadInt64()), new LogIndex(reader.ReadInt64()));
        HybridTimestamp timestamp = new(reader.ReadInt64());
        attachment = reader.ReadBytes(reader.ReadInt32());
        var keys = Empty.Keys.ToBuilder();
        for (int count = reader.ReadInt32(); count > 0; count--)
        {
            byte[] key = reader.ReadBytes(reader.ReadInt32());
            byte[] value = reader.ReadBytes(reader.ReadInt32());
            LogIndex version = new(reader.ReadInt64());
            keys.Add(key, new KeyValueRecord(key, value, version, new HybridTimestamp(reader.ReadInt64())));
        }

        return new SortedState(id, timestamp, keys.ToImmutable());
    }

    public byte[] Write(ReadOnlySpan<byte> attachment)
    {
        using MemoryStream content = new();
        using BinaryWriter writer = new(content);
        writer.Write(Id.Term.Value);
        writer.Write(Id.Index.Value);
        writer.Write(Timestamp.Value);
        writer.Write(attachment.Length);
        writer.Write(attachment);
        writer.Write(Keys.Count);
        foreach (KeyValueRecord record in Keys.Values)
        {
            writer.Write(record.Key.Length);
            writer.Write(record.Key.Span);
            writer.Write(record.Value.Length);
            writer.Write(record.Value.Span);
            writer.Write(record.Version.Value);
            writer.Write(record.Timestamp.Value);
        }

        return content.ToArray();
    }
}

/// <summary>Reads a state.</summary>
internal sealed class SortedSnapshot(Func<SortedState> state) : IKeyValueSnapshot
{
    private volatile bool _isDisposed;

    public LogId Id => state().Id;

    public HybridTimestamp Timestamp => state().Timestamp;

    private ImmutableSortedDictionary<byte[], KeyValueRecord> Keys
    {
        get
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return state().Keys;
        }
    }

    public bool TryGet(ReadOnlySpan<byte> key, out KeyValueRecord record) =>
        Keys.TryGetValue(key.ToArray(), out record);

    public IEnumerable<KeyValueRecord> Scan(ReadOnlyMemory<byte> from, ReadOnlyMemory<byte> before) =>
        Keys.Values
            .SkipWhile(record => record.Key.Span.SequenceCompareTo(from.Span) < 0)
            .TakeWhile(record => before.IsEmpty || record.Key.Span.SequenceCompareTo(before.Span) < 0);

    public void Dispose() => _isDisposed = true;
}
