using System.Globalization;
using Replication.Testing.Checkers;
using Replication.Testing.Checkers.Linearizability;
using Replication.Testing.Histories;
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
