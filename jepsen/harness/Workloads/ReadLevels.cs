using Replication.Kv;

namespace Harness.Workloads;

/// <summary>The levels of reads by name.</summary>
internal static class ReadLevels
{
    private static readonly SortedDictionary<string, ReadConsistency> Levels = new(StringComparer.Ordinal)
    {
        ["consistent-prefix"] = ReadConsistency.ConsistentPrefix,
        ["linearizable"] = ReadConsistency.Linearizable,
    };

    /// <summary>Gets all names.</summary>
    public static IReadOnlyCollection<string> Names => Levels.Keys;

    /// <summary>Gets a level.</summary>
    public static ReadConsistency Of(string name) => Levels[name];
}
