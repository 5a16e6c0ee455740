using System.Collections.Immutable;
using System.Text;
using Replication.Primitives;
using Replication.Raft.Primitives;
using Replication.Storage.Engine;

namespace Replication.Testing.Conformance.Engine;

/// <summary>What an engine must hold after one entry, kept in a persistent sorted dictionary.</summary>
internal sealed record ModelState(LogId Id, HybridTimestamp Timestamp, ImmutableSortedDictionary<string,
    ModelValue> Keys)
{
    public static ModelState Empty { get; } =
        new(LogId.Zero, default, ImmutableSortedDictionary.Create<string, ModelValue>(StringComparer.Ordinal));

    public ModelState Apply(LogId id, HybridTimestamp timestamp, IEnumerable<KeyValueMutation> mutations)
    {
        var keys = Keys.ToBuilder();
        foreach (KeyValueMutation mutation in mutations)
        {
            string key = Encoding.ASCII.GetString(mutation.Key.Span);
            if (mutation.IsDelete)
            {
                keys.Remove(key);
            }
            else
            {
                keys[key] = new ModelValue(Convert.ToHexString(mutation.Value.Span), id.Index, timestamp);
            }
        }

        return new ModelState(id, timestamp, keys.ToImmutable());
    }

    /// <summary>Asserts that a snapshot holds exactly this state: by a scan of all, and by reads of single keys, some
    /// of them absent.</summary>
    public void AssertEquals(IKeyValueSnapshot snapshot, IEnumerable<string> probes)
    {
        Expect.Equal(Id, snapshot.Id);
        Expect.Equal(Timestamp, snapshot.Timestamp);
        AssertScan(snapshot, string.Empty, string.Empty);
        foreach (string key in probes)
        {
            bool found = snapshot.TryGet(Encoding.ASCII.GetBytes(key), out KeyValueRecord record);
            Expect.Equal(Keys.ContainsKey(key), found);
            if (found)
            {
                Expect.Equal((key, Keys[key]), Of(record));
            }
        }
    }

    public void AssertScan(IKeyValueSnapshot snapshot, string from, string to)
    {
        IEnumerable<(string, ModelValue)> expected = Keys
            .Where(pair =>
                string.CompareOrdinal(pair.Key, from) >= 0
                && (to.Length == 0 || string.CompareOrdinal(pair.Key, to) < 0))
            .Select(pair => (pair.Key, pair.Value));
        Expect.Sequence(expected, snapshot.Scan(Encoding.ASCII.GetBytes(from), Encoding.ASCII.GetBytes(to)).Select(Of));
    }

    public static (string Key, ModelValue Value) Of(KeyValueRecord record) =>
        (Encoding.ASCII.GetString(record.Key.Span),
            new ModelValue(Convert.ToHexString(record.Value.Span), record.Version, record.Timestamp));
}

/// <summary>A value with the entry that wrote it.</summary>
internal sealed record ModelValue(string Hex, LogIndex Version, HybridTimestamp Timestamp);
