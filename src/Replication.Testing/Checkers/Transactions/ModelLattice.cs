using System.Collections.Frozen;

namespace Replication.Testing.Checkers.Transactions;

/// <summary>Which consistency model implies which, which anomaly implies which, and which model forbids which.</summary>
/// <remarks>
/// Adya's PL levels, the session and realtime variants of Daudjee and Salem, Cerone's snapshot models and Bailis'
/// table of implications, with the anomalies' names that Jepsen's checkers use. Verdicts must agree with those
/// checkers, so the relations are theirs, including what the literature leaves open.
/// </remarks>
internal static class ModelLattice
{
    private static readonly FrozenDictionary<string, string> CanonicalNames = new Dictionary<string, string>
    {
        ["consistent-view"] = "PL-2+",
        ["conflict-serializable"] = "PL-3",
        ["cursor-stability"] = "PL-CS",
        ["forward-consistent-view"] = "PL-FCV",
        ["monotonic-snapshot-read"] = "PL-MSR",
        ["monotonic-view"] = "PL-2L",
        ["read-committed"] = "PL-2",
        ["read-uncommitted"] = "PL-1",
        ["repeatable-read"] = "PL-2.99",
        ["serializable"] = "PL-3",
        ["snapshot-isolation"] = "PL-SI",
        ["strict-serializable"] = "PL-SS",
        ["strong-serializable"] = "PL-SS",
        ["update-serializable"] = "PL-3U",
        ["strong-session-read-uncommitted"] = "strong-session-PL-1",
        ["strong-session-read-committed"] = "strong-session-PL-2",
        ["strong-read-uncommitted"] = "strong-PL-1",
        ["strong-read-committed"] = "strong-PL-2",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    // A model and the next weaker ones: a history that keeps the first keeps the others.
    private static readonly StringGraph Models = StringGraph.Of(
        ("causal-cerone", "read-atomic"),
        ("PL-2+", "PL-CS PL-2L"),
        ("PL-CS", "PL-2"),
        ("PL-FCV", "PL-2+"),
        ("PL-2", "PL-1"),
        ("PL-3", "PL-2.99 PL-3U PL-SI view-serializable"),
        ("PL-3U", "PL-FCV"),
        ("monotonic-atomic-view", "PL-2"),
        ("PL-2L", "PL-2"),
        ("PL-MSR", "PL-2"),
        ("parallel-snapshot-isolation", "causal-cerone update-atomic"),
        ("prefix", "causal-cerone"),
        ("read-atomic", "monotonic-atomic-view"),
        ("PL-2.99", "PL-CS monotonic-atomic-view"),
        ("update-atomic", "read-atomic"),
        ("session-serializable", "1SR"),
        ("PL-SI", "PL-FCV monotonic-atomic-view PL-MSR parallel-snapshot-isolation prefix"),
        ("PL-SS", "PL-3 linearizable PL-SI strong-snapshot-isolation strong-session-serializable session-serializable"),
        ("strong-session-PL-1", "PL-1"),
        ("strong-session-PL-2", "PL-2 strong-session-PL-1"),
        ("strong-PL-1", "strong-session-PL-1"),
        ("strong-PL-2", "strong-session-PL-2 strong-PL-1"),
        ("strong-session-serializable", "PL-3 strong-session-snapshot-isolation"),
        ("strong-session-snapshot-isolation", "PL-SI strong-session-PL-2"),
        ("strong-snapshot-isolation", "strong-session-snapshot-isolation strong-PL-2"),
        ("linearizable", "sequential"),
        ("sequential", "causal"),
        ("causal", "writes-follow-reads PRAM"),
        ("PRAM", "monotonic-reads monotonic-writes read-your-writes"));

    // An anomaly and those that it is a case of.
    private static readonly (string Name, string Implied)[] Implications =
    [
        ("G0", "G1c G0-process"),
        ("G0-process", "G1c-process G0-realtime"),
        ("G0-realtime", "G1c-realtime"),
        ("G1a", "G1"),
        ("G1b", "G1"),
        ("G1c", "G1 G1c-process"),
        ("G1c-process", "G1c-realtime G1-process"),
        ("G1c-realtime", "G1-realtime"),
        ("G1", "G1-process"),
        ("G1-process", "G1-realtime"),
        ("G-single-item", "G-single G-single-item-process G-nonadjacent-item"),
        ("G-single-item-process", "G-single-process G-single-item-realtime G-nonadjacent-item-process"),
        ("G-single-item-realtime", "G-single-realtime G-nonadjacent-item-realtime"),
        ("G-single", "G-nonadjacent GSIb G-single-process"),
        ("G-single-process", "G-nonadjacent-process G-single-realtime"),
        ("G-single-realtime", "G-nonadjacent-realtime"),
        ("G-nonadjacent-item", "G-nonadjacent G2-item G-nonadjacent-item-process"),
        ("G-nonadjacent-item-process", "G-nonadjacent-process G2-item-process G-nonadjacent-item-realtime"),
        ("G-nonadjacent-item-realtime", "G2-item-realtime G-nonadjacent-realtime"),
        ("G-nonadjacent", "G2 G-nonadjacent-process"),
        ("G-nonadjacent-process", "G2-process G-nonadjacent-realtime"),
        ("G-nonadjacent-realtime", "G2-realtime"),
        ("G2", "G2-process"),
        ("G2-item", "G2 G2-item-process"),
        ("G2-item-process", "G2-process G2-item-realtime"),
        ("G2-item-realtime", "G2-realtime"),
        ("G2-process", "G2-realtime"),
        ("GSIa", "GSI"),
        ("GSIb", "GSI"),
        ("incompatible-order", "G1a"),
        ("future-read", "G1c"),
        ("dirty-update", "G1a"),
        ("lost-update", "write-skew G2-item"),
        ("write-skew", "G2"),
    ];

    // Not an implication: the first is merely the worse one, and is looked for first.
    private static readonly (string Name, string LessSevere)[] Severities =
    [
        ("G0", "G1c"),
        ("G0-process", "G1c-process"),
        ("G0-realtime", "G1c-realtime"),
        ("G1c", "G-single G2-item"),
        ("G1c-process", "G-single-process G2-item-process"),
        ("G1c-realtime", "G-single-realtime G2-item-realtime"),
        ("G2", "G0-process"),
        ("G2-process", "G0-realtime"),
    ];

    private static readonly StringGraph ImpliedAnomalies = StringGraph.Of(Implications);

    private static readonly FrozenDictionary<string, int> Depths =
        StringGraph.Of([.. Implications, .. Severities]).Depths().ToFrozenDictionary(StringComparer.Ordinal);

    // What a model forbids over what the weaker ones forbid. A garbage read is forbidden by all of them.
    private static readonly StringGraph Forbidden = StringGraph.Of(
        ("causal-cerone", "internal G1a"),
        ("PL-CS", "G1 G-cursor lost-update"),
        ("PL-2L", "G1 G-monotonic"),
        ("PL-MSR", "G1 G-MSR"),
        ("PL-2+", "G1 G-single"),
        ("PL-FCV", "G1 G-SIb"),
        ("parallel-snapshot-isolation", "internal G1a"),
        ("PL-3", "G1 G2 predicate-read-miss PL-3-cycle-exists internal"),
        ("PL-2", "G1 PL-2-cycle-exists"),
        ("PL-1", "G0 duplicate-elements cyclic-versions garbage-read PL-1-cycle-exists"),
        ("prefix", "internal G1a"),
        ("PL-SI", "internal G1 G-SI G-nonadjacent PL-SI-cycle-exists"),
        ("read-atomic", "internal G1a future-read"),
        ("PL-2.99", "G1 G2-item PL-2.99-cycle-exists lost-update"),
        ("update-atomic", "lost-update"),
        ("PL-SS", "G1 G1c-realtime G2-realtime PL-SS-cycle-exists"),
        ("strong-session-PL-1", "strong-session-PL-1-cycle-exists G0-process"),
        ("strong-session-PL-2", "strong-session-PL-2-cycle-exists G1c-process"),
        ("strong-PL-1", "strong-PL-1-cycle-exists G0-realtime"),
        ("strong-PL-2", "strong-PL-2-cycle-exists G1c-realtime"),
        ("strong-session-snapshot-isolation",
            "internal G1-process G-nonadjacent-process strong-session-snapshot-isolation-cycle-exists"),
        ("strong-snapshot-isolation",
            "internal G1-realtime G-nonadjacent-realtime strong-snapshot-isolation-cycle-exists"),
        ("strong-session-serializable", "G1-process G2-process strong-session-serializable-cycle-exists"),
        ("PL-3U", "G1 G-update"));

    private static readonly FrozenDictionary<string, string> FriendlyNames = CanonicalNames
        .Where(p => p.Key is not ("conflict-serializable" or "strict-serializable"))
        .ToFrozenDictionary(p => p.Value, p => p.Key, StringComparer.Ordinal);

    /// <summary>Gets the names under which a model can be asked for, in ordinal order.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [.. CanonicalNames.Keys.Concat(CanonicalNames.Values).Concat(Models.Nodes).Distinct().Order(StringComparer.Ordinal)];

    public static bool IsModel(string name) => CanonicalNames.ContainsKey(name) || Models.Nodes.Contains(name);

    public static string Canonical(string model) => CanonicalNames.GetValueOrDefault(model, model);

    public static string Friendly(string model) => FriendlyNames.GetValueOrDefault(model, model);

    /// <summary>All that may not be in a history which keeps the models, with all that would imply it.</summary>
    public static HashSet<string> AnomaliesForbiddenBy(params IEnumerable<string> models) =>
        ImpliedAnomalies.Upstream(
            Models.Downstream(models.Select(Canonical)).SelectMany(Forbidden.Next));

    public static HashSet<string> ImpliedBy(params IEnumerable<string> anomalies) => ImpliedAnomalies.Downstream(anomalies);

    /// <summary>All models that can't hold where the anomalies are.</summary>
    public static HashSet<string> ModelsExcludedBy(IEnumerable<string> anomalies) =>
        StrongerOrEqual(ImpliedBy(anomalies).SelectMany(Forbidden.Previous));

    /// <summary>The models and all that imply one of them.</summary>
    public static HashSet<string> StrongerOrEqual(params IEnumerable<string> models) =>
        Models.Upstream(models.Select(Canonical));

    /// <summary>Those of the models that imply no other of them, by their common names.</summary>
    public static IReadOnlyList<string> Weakest(IReadOnlySet<string> models) =>
    [
        .. models.Where(m => !Models.Downstream([m]).Any(w => w != m && models.Contains(w)))
            .Select(Friendly)
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>Compares anomalies by the order in which they are looked for: worst first.</summary>
    public static int CompareSeverity(string left, string right)
    {
        int byDepth = Depths[left].CompareTo(Depths[right]);
        return byDepth != 0 ? byDepth : string.CompareOrdinal(left, right);
    }
}
