using Replication.Testing.Checkers;
using Replication.Testing.Checkers.Counters;
using Replication.Testing.Checkers.Logs;
using Replication.Testing.Checkers.Replicas;
using Replication.Testing.Tests.Checkers.Sessions;

namespace Replication.Testing.Tests.Checkers.Logs;

/// <summary>Logs, replicas and counters: one valid and each kind of invalid history.</summary>
public sealed class LogCheckTests
{
    private const string Appends = "1 append l 10 @0|1 append l 11 @1|2 append l 12 @2|";

    [Theory]
    [InlineData(Validity.Valid, "", Appends + "3 poll l [[0,10],[1,11]]|3 poll l [[2,12]]|4 poll l [[1,11],[2,12]]")]
    [InlineData(Validity.Valid, "", Appends + "3 poll l [[0,10],[1,11]]|3 seek l null|3 poll l [[0,10]]")]
    [InlineData(Validity.Invalid, "leaves a gap", Appends + "3 poll l [[0,10],[2,12]]")]
    [InlineData(Validity.Invalid, "goes back", Appends + "3 poll l [[0,10],[1,11]]|3 poll l [[1,11]]")]
    [InlineData(Validity.Invalid, "holds 10 by one", Appends + "3 poll l [[0,11]]")]
    [InlineData(Validity.Invalid, "nobody appended", Appends + "3 poll l [[0,10],[1,11],[2,12],[3,99]]")]
    [InlineData(Validity.Invalid, "that failed", "1 append l 10 fail|3 poll l [[0,10]]")]
    [InlineData(Validity.Invalid, "acknowledged, but nobody", Appends + "3 poll l [[0,10]]|4 poll l [[2,12]]")]
    [InlineData(Validity.Invalid, "and again at", Appends + "3 poll l [[0,10],[1,11],[2,12],[3,10]]")]
    [InlineData(Validity.Invalid, "in this order", "1 append l 10 @1|1 append l 11 @0|3 poll l [[0,11],[1,10]]")]
    [InlineData(Validity.Invalid, "before its append", "3 poll l [[0,10]]|1 append l 10 @0")]
    [InlineData(Validity.Valid, "", "1 append l 10 info|3 poll l [[0,10]]")]
    [InlineData(Validity.Unknown, "nothing to compare", "1 append l 10 @0")]
    [InlineData(Validity.Unknown, "has no position", "1 append l null|3 poll l [[0,10]]")]
    public void Log_contiguity(Validity expected, string reason, string lines)
    {
        Verdict verdict = LogCheck.Contiguity(SessionHistories.Of(lines.Split('|')));

        Assert.True(expected == verdict.Validity, verdict.ToString());
        Assert.Contains(reason, verdict.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Validity.Valid, "1 digest - 7 node=a @3|1 digest - 8 node=a @5|2 digest - 8 node=b @5")]
    [InlineData(Validity.Invalid, "1 digest - 7 node=a @3|2 digest - 8 node=b @5")]
    [InlineData(Validity.Invalid, "1 digest - 7 node=a @3|2 digest - 8 node=b @3|1 digest - 8 node=a @4")]
    [InlineData(Validity.Unknown, "1 digest - 7 node=a @3|2 digest - 8 node=a @5")]
    public void Convergence(Validity expected, string lines)
    {
        Verdict verdict = ReplicaCheck.Convergence(SessionHistories.Of(lines.Split('|')));

        Assert.True(expected == verdict.Validity, verdict.ToString());
    }

    [Theory]
    [InlineData(Validity.Valid, "1 increment c 1|2 increment c 1|1 read c 2")]
    [InlineData(Validity.Valid, "1 increment c 1|2 increment c 1 info|1 read c 1")]
    [InlineData(Validity.Valid, "1 increment c 1|2 increment c 1 info|1 read c 2")]
    [InlineData(Validity.Invalid, "1 increment c 1|2 increment c 1 info|1 read c 3")]
    [InlineData(Validity.Invalid, "1 increment c 1|2 increment c 1|1 read c 1")]
    [InlineData(Validity.Invalid, "1 increment c 1|2 increment c 1 fail|1 read c 2")]
    [InlineData(Validity.Invalid, "1 increment c 4 info|3 read c 2")]
    [InlineData(Validity.Unknown, "1 increment c 1|1 read c 1|2 increment c 1")]
    [InlineData(Validity.Unknown, "1 increment c -1|1 read c 1")]
    [InlineData(Validity.Unknown, "1 add c 1|2 add c 1|1 read c 0")]
    [InlineData(Validity.Unknown, "1 increment c 5|2 decrement c 1|1 read c 5")]
    [InlineData(Validity.Unknown, "1 increment c 9223372036854775807|1 increment c 1|1 read c 1")]
    public void Exactly_once_counter(Validity expected, string lines)
    {
        Verdict verdict = CounterCheck.ExactlyOnce(SessionHistories.Of(lines.Split('|')));

        Assert.True(expected == verdict.Validity, verdict.ToString());
    }
}
