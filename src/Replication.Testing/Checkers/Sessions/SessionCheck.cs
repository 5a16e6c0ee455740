using Replication.Testing.Histories;

namespace Replication.Testing.Checkers.Sessions;

/// <summary>Checks what weaker levels than linearizability promise, on histories of reads and writes.</summary>
/// <remarks>
/// <para>
/// Operations: "write" with a key and a value that is unique for the key; "cas" whose value is <c>[from, to]</c>
/// and which was refused if its result is false; "read" whose completion holds the value of its key, or without a
/// key a list of <c>[key, value]</c>. A client is a session, and a token that it sends carries over what the session
/// knew that had received it. The versions of a key are ordered by the positions of their writes; without positions
/// no two writes of a key may overlap. A history whose order of versions can't be told is unknown.
/// </para>
/// <para>
/// The guarantees are those of Terry et al., "Session Guarantees for Weakly Consistent Replicated Data" (1994);
/// staleness and prefix are defined in the method. Safe to call from several threads.
/// </para>
/// </remarks>
public static class SessionCheck
{
    private static readonly SortedDictionary<string, Func<History, HistoryValue, Verdict>> Guarantees =
        new(StringComparer.Ordinal)
        {
            ["read-your-writes"] = ReadYourWrites,
            ["monotonic-reads"] = MonotonicReads,
            ["monotonic-writes"] = MonotonicWrites,
            ["writes-follow-reads"] = WritesFollowReads,
            ["causal"] = Causal,
            ["consistent-prefix"] = (history, initial) => ConsistentPrefix(history, false, initial),
            ["monotonic-prefix"] = (history, initial) => ConsistentPrefix(history, true, initial),
        };

    /// <summary>Checks that reads of a session see its acknowledged writes.</summary>
    /// <param name="history">The history.</param>
    /// <param name="initial">The value of a key never written; null always counts as that, too.</param>
    /// <returns>The verdict, which names the operations.</returns>
    public static Verdict ReadYourWrites(History history, HistoryValue initial = default) =>
        Walk(history, initial, "Read your writes", SessionRules.OwnWrites);

    /// <summary>Checks that later reads of a session see no earlier version.</summary>
    /// <inheritdoc cref="ReadYourWrites"/>
    public static Verdict MonotonicReads(History history, HistoryValue initial = default) =>
        Walk(history, initial, "Monotonic reads", SessionRules.OwnReads);

    /// <summary>Checks that the writes of a session take effect in its order: who saw one misses none before
    /// it.</summary>
    /// <inheritdoc cref="ReadYourWrites"/>
    public static Verdict MonotonicWrites(History history, HistoryValue initial = default) =>
        Walk(history, initial, "Monotonic writes", SessionRules.WritesBeforeWrites);

    /// <summary>Checks that who saw a write misses nothing that its session had read before.</summary>
    /// <inheritdoc cref="ReadYourWrites"/>
    public static Verdict WritesFollowReads(History history, HistoryValue initial = default) =>
        Walk(history, initial, "Writes follow reads", SessionRules.ReadsBeforeWrites);

    /// <summary>Checks causal consistency: the four guarantees together, also through other sessions.</summary>
    /// <inheritdoc cref="ReadYourWrites"/>
    public static Verdict Causal(History history, HistoryValue initial = default) =>
        Walk(history, initial, "Causal consistency", SessionRules.Causal);

    /// <summary>Checks that each read of several keys saw them as some prefix of the log left them.</summary>
    /// <param name="history">The history; every write that took effect has a position.</param>
    /// <param name="isMonotonic">Whether the prefixes of a session must not become shorter.</param>
    /// <param name="initial">The value of a key never written; null always counts as that, too.</param>
    /// <returns>The verdict, which names the operations; unknown where no read saw several keys and
    /// <paramref name="isMonotonic"/> is not set.</returns>
    public static Verdict ConsistentPrefix(
        History history, bool isMonotonic = false, HistoryValue initial = default) =>
        Try(history, initial, versions => new PrefixWalk(versions, isMonotonic).Check(history));

    /// <summary>Checks that no read misses a write that had been acknowledged too long, or too many of them.</summary>
    /// <param name="history">The history.</param>
    /// <param name="bound">How stale a read may be.</param>
    /// <param name="initial">The value of a key never written; null always counts as that, too.</param>
    /// <returns>The verdict, which names the operations and tells how stale the reads were.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A bound is negative.</exception>
    public static Verdict BoundedStaleness(History history, StalenessBound bound, HistoryValue initial = default)
    {
        ArgumentNullException.ThrowIfNull(bound);
        ArgumentOutOfRangeException.ThrowIfNegative(bound.Writes ?? 0);
        ArgumentOutOfRangeException.ThrowIfLessThan(bound.Age ?? TimeSpan.Zero, TimeSpan.Zero);
        return Try(history, initial, versions => new StalenessWalk(history, versions, bound).Check());
    }

    /// <summary>Adds the check "session", whose consistency is one of <see cref="Named"/>, "causal" by
    /// default.</summary>
    internal static void AddTo(HistoryChecks checks) => checks.Add("session", Named);

    /// <summary>Checks what the options name: read-your-writes, monotonic-reads, monotonic-writes, writes-follow-reads,
    /// causal, consistent-prefix, monotonic-prefix, or bounded-staleness with its bound.</summary>
    /// <exception cref="ArgumentException">There is none of that name.</exception>
    internal static Verdict Named(History history, HistoryCheckOptions options)
    {
        string name = options.Consistency ?? "causal";
        HistoryValue initial = options.Initial ?? HistoryValue.Null;
        if (Guarantees.TryGetValue(name, out Func<History, HistoryValue, Verdict>? check))
        {
            return check(history, initial);
        }

        return StalenessBound.TryParse(name) is { } bound
            ? BoundedStaleness(history, bound, initial)
            : throw new ArgumentException(
                $"There is no session guarantee \"{name}\". There are: {string.Join(", ", Guarantees.Keys)}, "
                + "bounded-staleness:5 (writes), bounded-staleness:250ms (age; us, ms or s).",
                nameof(options));
    }

    private static Verdict Walk(History history, HistoryValue initial, string name, SessionRules rules) =>
        Try(history, initial, versions => new SessionWalk(history, versions, rules).Check(name));

    private static Verdict Try(History history, HistoryValue initial, Func<KeyVersions, Verdict> check)
    {
        ArgumentNullException.ThrowIfNull(history);
        try
        {
            return check(new KeyVersions(history, initial));
        }
        catch (FormatException e)
        {
            return Verdict.Unknown(e.Message);
        }
    }
}
