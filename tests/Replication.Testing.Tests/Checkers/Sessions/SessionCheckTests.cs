using Replication.Testing.Checkers;
using Replication.Testing.Checkers.Sessions;
using Replication.Testing.Histories;
using Replication.Testing.Tests.Histories;

namespace Replication.Testing.Tests.Checkers.Sessions;

public sealed class SessionCheckTests
{
    private static readonly Dictionary<string, Func<History, Verdict>> Checks = new(StringComparer.Ordinal)
    {
        ["read-your-writes"] = h => SessionCheck.ReadYourWrites(h),
        ["monotonic-reads"] = h => SessionCheck.MonotonicReads(h),
        ["monotonic-writes"] = h => SessionCheck.MonotonicWrites(h),
        ["writes-follow-reads"] = h => SessionCheck.WritesFollowReads(h),
        ["causal"] = h => SessionCheck.Causal(h),
    };

    /// <summary>Each history breaks exactly the guarantees named with it, of the five.</summary>
    public static TheoryData<string, string, string[]> Histories => new()
    {
        { "all is well", "", ["1 write x 1", "2 read x 1", "2 write y 7", "1 read y 7", "1 read x 1"] },
        { "own write not read", "read-your-writes causal", ["1 write x 1", "1 read x null"] },
        { "a stranger reads late", "", ["1 write x 1", "2 read x null"] },
        { "own reads go back", "monotonic-reads causal", ["1 write x 1", "1 write x 2", "2 read x 2", "2 read x 1"] },
        {
            "the later write is seen without the earlier",
            "monotonic-writes causal",
            ["1 write x 1", "1 write y 2", "2 read y 2", "2 read x null"]
        },
        {
            "own writes of a key swapped",
            "monotonic-writes causal",
            ["1 write x 1 @5", "1 write x 2 @4", "2 read x 2"]
        },
        {
            "a write is seen without what its session had read",
            "writes-follow-reads causal",
            ["1 write x 1", "2 read x 1", "2 write y 2", "3 read y 2", "3 read x null"]
        },
        {
            "a write before what its session had read",
            "writes-follow-reads causal",
            ["1 write x 1 @5", "2 read x 1", "2 write x 2 @4", "3 read x 2"]
        },
        {
            "through a third session",
            "causal",
            [
                "1 write x 1", "2 read x 1", "2 write y 2", "3 read y 2", "3 write z 3", "4 read z 3", "4 read x null",
            ]
        },
        {
            "a token carries own writes over",
            "read-your-writes causal",
            ["1 write x 1 token=a", "2 read x null sends=a"]
        },
        {
            "a token carries own reads over",
            "monotonic-reads causal",
            ["1 write x 1", "2 read x 1 token=a", "3 read x null sends=a"]
        },
        { "a write of unknown outcome need not be seen", "", ["1 write x 1 info", "2 read x null", "3 read x null"] },
        {
            "one that was seen must be seen again",
            "monotonic-reads causal",
            ["1 write x 1 info", "2 read x 1", "2 read x null"]
        },
    };

    [Theory]
    [MemberData(nameof(Histories))]
    public void Each_guarantee_is_found_broken_where_it_is_and_only_there(string what, string broken, string[] lines)
    {
        History history = SessionHistories.Of(lines);
        foreach ((string name, Func<History, Verdict> check) in Checks)
        {
            Verdict verdict = check(history);
            Validity expected = broken.Split(' ').Contains(name) ? Validity.Invalid : Validity.Valid;
            Assert.True(expected == verdict.Validity, $"{what}, {name}: {verdict}");
        }
    }

    [Theory]
    [InlineData("read-your-writes")]
    [InlineData("monotonic-reads")]
    [InlineData("monotonic-writes")]
    [InlineData("writes-follow-reads")]
    [InlineData("causal")]
    public void A_value_that_failed_or_that_nobody_wrote_is_invalid(string name)
    {
        Assert.Equal(Validity.Invalid, Checks[name](SessionHistories.Of("1 write x 1 fail", "2 read x 1")).Validity);
        Assert.Equal(Validity.Invalid, Checks[name](SessionHistories.Of("1 write x 1", "2 read x 9")).Validity);
    }

    [Theory]
    [InlineData("read-your-writes")]
    [InlineData("monotonic-reads")]
    [InlineData("monotonic-writes")]
    [InlineData("writes-follow-reads")]
    [InlineData("causal")]
    public void A_refused_compare_and_set_writes_nothing(string name)
    {
        string[] refused =
        [
            "1 invoke write x 1", "1 ok write x 1", "1 invoke cas x [5,6]", "1 ok cas x false", "1 invoke read x",
        ];

        Assert.Equal(Validity.Valid, Checks[name](HistoryText.Of([.. refused, "1 ok read x 1"])).Validity);
        Assert.Equal(Validity.Invalid, Checks[name](HistoryText.Of([.. refused, "1 ok read x 6"])).Validity);
    }

    [Fact]
    public void The_report_names_the_chain_of_operations()
    {
        Verdict verdict = SessionCheck.Causal(SessionHistories.Of(
            "1 write x 1", "2 read x 1", "2 write y 2", "3 read y 2", "3 read x null"));

        Assert.Equal(
            """
            Causal consistency is broken.
            #8..#9 process 3: read "x" (ok) saw version 0 (null) of key "x", but must see 1 or later because of
              #2..#3 process 2: read "x" -> 1 (ok)
              #4..#5 process 2: write "y" 2 (ok)
              #6..#7 process 3: read "y" -> 2 (ok)
            """,
            verdict.Reason);
    }

    [Fact]
    public void Without_positions_overlapping_writes_and_without_reads_anything_is_unknown()
    {
        Verdict overlapping = SessionCheck.Causal(HistoryText.Of(
            "1 invoke write x 1", "2 invoke write x 2", "1 ok write x 1", "2 ok write x 2"));
        Verdict noRead = SessionCheck.Causal(SessionHistories.Of("1 write x 1"));
        Verdict doubled = SessionCheck.Causal(SessionHistories.Of("1 write x 1", "2 write x 1", "2 read x 1"));

        Assert.Equal(Validity.Unknown, overlapping.Validity);
        Assert.Equal(Validity.Unknown, noRead.Validity);
        Assert.Equal(Validity.Unknown, doubled.Validity);
    }

    [Theory]
    [InlineData(Validity.Valid, false, "1 write x 1 @1", "1 write y 1 @2", "2 read - [[\"x\",1],[\"y\",null]]")]
    [InlineData(Validity.Invalid, false, "1 write x 1 @1", "1 write y 1 @2", "2 read - [[\"x\",null],[\"y\",1]]")]
    [InlineData(
        Validity.Invalid, false, "1 write x 1 @1", "1 write x 2 @3", "1 write y 1 @2",
        "2 read - [[\"x\",2],[\"y\",null]]")]
    [InlineData(Validity.Invalid, false, "1 write x 1 @1", "2 read - [[\"x\",9],[\"y\",null]]")]
    [InlineData(Validity.Unknown, false, "1 write x 1 @1", "2 read x 1")]
    [InlineData(Validity.Unknown, false, "1 write x 1", "2 read x 1")]
    [InlineData(Validity.Valid, true, "1 write x 1 @1", "1 write y 1 @2", "2 read x 1", "2 read y 1", "2 read x 1")]
    [InlineData(Validity.Invalid, true, "1 write x 1 @1", "1 write y 1 @2", "2 read y 1", "2 read x null")]
    public void Consistent_prefix(Validity expected, bool isMonotonic, params string[] lines)
    {
        Verdict verdict = SessionCheck.ConsistentPrefix(SessionHistories.Of(lines), isMonotonic);

        Assert.True(expected == verdict.Validity, verdict.ToString());
    }

    [Theory]
    [InlineData(Validity.Valid, 100, null, "1 write x 1 t=10", "2 read x null t=100")]
    [InlineData(Validity.Invalid, 80, null, "1 write x 1 t=10", "2 read x null t=100")]
    [InlineData(Validity.Valid, 89, null, "1 write x 1 t=10", "2 read x null t=100")]
    [InlineData(Validity.Valid, null, 2, "1 write x 1", "1 write x 2", "1 write x 3", "2 read x 1")]
    [InlineData(Validity.Invalid, null, 1, "1 write x 1", "1 write x 2", "1 write x 3", "2 read x 1")]
    [InlineData(Validity.Valid, null, 0, "1 write x 1", "1 write x 2 info", "2 read x 1")]
    [InlineData(Validity.Invalid, null, 5, "1 write x 1", "2 read x 7")]
    [InlineData(Validity.Unknown, 5, null, "1 write x 1", "2 read x null")]
    [InlineData(Validity.Unknown, 5, 1, "1 write x 1 t=10")]
    public void Bounded_staleness(Validity expected, int? milliseconds, int? writes, params string[] lines)
    {
        StalenessBound bound = new()
        {
            Age = milliseconds is { } ms ? TimeSpan.FromMilliseconds(ms) : null,
            Writes = writes,
        };

        Verdict verdict = SessionCheck.BoundedStaleness(SessionHistories.Of(lines), bound);

        Assert.True(expected == verdict.Validity, verdict.ToString());
    }

    [Fact]
    public void A_bound_that_no_read_came_near_shows_nothing_where_reads_should_have_been_stale()
    {
        History history = SessionHistories.Of("1 write x 1 t=10", "2 read x 1 t=100");

        Assert.Equal(Validity.Valid, SessionCheck.BoundedStaleness(history, new StalenessBound()).Validity);
        Assert.Equal(
            Validity.Unknown,
            SessionCheck.BoundedStaleness(history, new StalenessBound { NeedsStaleReads = true }).Validity);
    }
}
