using System.Globalization;
using Replication.Testing.Checkers;
using Replication.Testing.Checkers.Linearizability;
using Replication.Testing.Histories;
using Replication.Testing.Tests.Checkers.Sessions;
using Replication.Testing.Tests.Histories;

namespace Replication.Testing.Tests;

public sealed class HistoryChecksTests
{
    private const string Read = """
        {"index":0,"type":"invoke","process":0,"f":"read","value":null}
        {"index":1,"type":"ok","process":0,"f":"read","value":3}
        """;

    [Theory]
    [InlineData(Read, "register", "3", null, 0, "valid: true")]
    [InlineData(Read, "register", "3", "linearizable", 0, "valid: true")]
    [InlineData(Read, "cas-register", null, null, 1, "valid: false")]
    [InlineData(Read, "cas-register", "null", null, 1, "valid: false")]
    [InlineData(Read, "register", "3", "serializable", 2, "valid: unknown")]
    [InlineData(Read, "no-such-model", "3", null, 2, "valid: unknown")]
    [InlineData(Read, "lock", "three", null, 2, "valid: unknown")]
    [InlineData("", "register", null, null, 2, "valid: unknown")]
    [InlineData("{", "register", null, null, 2, "valid: unknown")]
    [InlineData("{\"type\":\"ok\",\"process\":1,\"f\":\"read\"}", "register", null, null, 2, "valid: unknown")]
    [InlineData("{\"type\":\"invoke\",\"process\":1,\"f\":\"pop\"}", "register", null, null, 2, "valid: unknown")]
    public void A_file_gives_a_first_line_a_reason_and_an_exit_code(
        string lines, string model, string? initial, string? consistency, int exitCode, string firstLine)
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, lines);
            using StringWriter output = new(CultureInfo.InvariantCulture);

            Assert.Equal(exitCode, new HistoryChecks().CheckFile(path, model, initial, consistency, output));

            string[] printed = output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.Equal(firstLine, printed[0]);
            Assert.True(printed.Length > 1, "There is no reason.");
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_file_that_is_not_there_is_unknown()
    {
        using StringWriter output = new(CultureInfo.InvariantCulture);

        Assert.Equal(2, new HistoryChecks().CheckFile("no-such-file", "register", null, null, output));
        Assert.StartsWith("valid: unknown", output.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Validity.Valid, "0 invoke write k 4", "0 ok write k 4", "1 invoke read k", "1 ok read k null")]
    [InlineData(Validity.Invalid, "0 invoke write k 4", "0 ok write k 4", "1 invoke read k", "1 ok read k 3")]
    [InlineData(Validity.Invalid, "0 invoke write k null", "0 fail write k null", "0 invoke write k null",
        "0 ok write k null", "0 invoke write k 4", "0 ok write k 4", "1 invoke read k", "1 ok read k null")]
    public void A_read_of_null_says_nothing_where_the_initial_value_is_another_and_nobody_writes_it(
        Validity expected, params string[] lines)
    {
        History history = HistoryText.Of(lines);

        Assert.Equal(
            expected, new HistoryChecks().Check(history, "register", new HistoryCheckOptions { Initial = 3 }).Validity);
        Assert.Equal(
            Validity.Invalid,
            LinearizabilityChecker.Check(
                history, LinearizabilityModels.Register, new LinearizabilityOptions { Initial = 3 }).Validity);
    }

    [Fact]
    public void A_history_of_reads_that_say_nothing_is_unknown()
    {
        History history = HistoryText.Of("1 invoke read k", "1 ok read k null");

        Assert.Equal(
            Validity.Unknown,
            new HistoryChecks().Check(history, "register", new HistoryCheckOptions { Initial = 3 }).Validity);
    }

    // The same history breaks one promise and keeps another, so that each name leads to a check of its own.
    [Theory]
    [InlineData("register", "read-your-writes", Validity.Invalid)]
    [InlineData("cas-register", "read-your-writes", Validity.Invalid)]
    [InlineData("session", "read-your-writes", Validity.Invalid)]
    [InlineData("register", "monotonic-reads", Validity.Valid)]
    [InlineData("register", "monotonic-writes", Validity.Valid)]
    [InlineData("register", "writes-follow-reads", Validity.Valid)]
    [InlineData("register", "causal", Validity.Invalid)]
    [InlineData("register", "consistent-prefix", Validity.Unknown)]
    [InlineData("register", "monotonic-prefix", Validity.Valid)]
    [InlineData("register", "bounded-staleness:1", Validity.Valid)]
    [InlineData("register", "bounded-staleness:0", Validity.Invalid)]
    [InlineData("register", "bounded-staleness:2s", Validity.Valid)]
    [InlineData("register", "bounded-staleness:900ms", Validity.Invalid)]
    [InlineData("register", "bounded-staleness:999999us", Validity.Invalid)]
    public void Registers_can_be_checked_for_what_weaker_levels_promise(
        string model, string consistency, Validity expected)
    {
        const long second = 1_000_000_000;
        History history = History.FromEvents([
            Event(0, HistoryEventType.Invoke, "write", 4, 0),
            Event(1, HistoryEventType.Ok, "write", 4, second) with { Position = 1 },
            Event(2, HistoryEventType.Invoke, "read", HistoryValue.Null, 2 * second),
            Event(3, HistoryEventType.Ok, "read", HistoryValue.Null, 3 * second)]);

        Verdict verdict = new HistoryChecks().Check(
            history, model, new HistoryCheckOptions { Consistency = consistency });

        Assert.True(expected == verdict.Validity, verdict.ToString());
    }

    [Theory]
    [InlineData("register", "bounded-staleness:5h")]
    [InlineData("register", "bounded-staleness:-1")]
    [InlineData("register", "bounded-staleness:")]
    [InlineData("session", "eventual")]
    [InlineData("log", "causal")]
    [InlineData("counter", "contiguity")]
    [InlineData("set", "causal")]
    [InlineData("replicas", "causal")]
    public void A_consistency_that_a_model_does_not_know_is_refused_with_those_that_it_knows(
        string model, string consistency) =>
        Assert.Throws<ArgumentException>(() => new HistoryChecks().Check(
            History.FromEvents([]), model, new HistoryCheckOptions { Consistency = consistency }));

    [Theory]
    [InlineData("log", "contiguity", Validity.Valid, "1 append l 10 @0|3 poll l [[0,10]]")]
    [InlineData("log", "contiguity", Validity.Invalid, "1 append l 10 @0|3 poll l [[0,11]]")]
    [InlineData("counter", "exactly-once", Validity.Valid, "1 increment k 1|2 read k 1")]
    [InlineData("counter", "exactly-once", Validity.Invalid, "1 increment k 1|2 read k 2")]
    public void Logs_and_counters_have_a_check_of_their_own(
        string model, string consistency, Validity expected, string lines)
    {
        Verdict verdict = new HistoryChecks().Check(
            SessionHistories.Of(lines.Split('|')), model, new HistoryCheckOptions { Consistency = consistency });

        Assert.True(expected == verdict.Validity, verdict.ToString());
    }

    [Fact]
    public void Replicas_are_checked_for_convergence()
    {
        foreach ((long other, Validity expected) in ((long, Validity)[])[(7, Validity.Valid), (8, Validity.Invalid)])
        {
            History history = History.FromEvents([
                Event(0, HistoryEventType.Invoke, "digest", HistoryValue.Null, 0) with { Node = 1 },
                Event(1, HistoryEventType.Ok, "digest", 7, 0) with { Node = 1 },
                Event(2, HistoryEventType.Invoke, "digest", HistoryValue.Null, 0) with { Node = 2 },
                Event(3, HistoryEventType.Ok, "digest", other, 0) with { Node = 2 }]);

            Assert.Equal(expected, new HistoryChecks().Check(history, "replicas").Validity);
        }
    }

    private static HistoryEvent Event(long index, HistoryEventType type, string f, HistoryValue value, long time) =>
        new() { Index = index, Type = type, Process = 1, F = f, Key = 1, Value = value, Time = time };

    [Fact]
    public void Models_can_be_added_under_new_names_only()
    {
        HistoryChecks checks = new();
        checks.Add("mine", (_, options) => Verdict.Valid(options.Consistency ?? "none"));

        Assert.Contains("mine", checks.Models);
        Assert.Equal(
            "some",
            checks.Check(History.FromEvents([]), "mine", new HistoryCheckOptions { Consistency = "some" }).Reason);
        Assert.Throws<ArgumentException>(() => checks.Add("register", (_, _) => Verdict.Valid("x")));
    }
}
