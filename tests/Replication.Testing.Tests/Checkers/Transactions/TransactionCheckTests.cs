using Replication.Testing.Checkers;
using Replication.Testing.Checkers.Transactions;
using Replication.Testing.Histories;
using Replication.Testing.Tests.Checkers.Sessions;
using Replication.Testing.Tests.Histories;

namespace Replication.Testing.Tests.Checkers.Transactions;

public sealed class TransactionCheckTests
{
    private const string WriteSkew =
        """
        {"index":0,"type":"invoke","process":0,"f":"txn","value":[["r","x",null],["append","y",1]]}
        {"index":1,"type":"invoke","process":1,"f":"txn","value":[["r","y",null],["append","x",1]]}
        {"index":2,"type":"ok","process":0,"f":"txn","value":[["r","x",null],["append","y",1]]}
        {"index":3,"type":"ok","process":1,"f":"txn","value":[["r","y",null],["append","x",1]]}
        """;

    [Theory]
    [InlineData("strict-serializable", 1, "valid: false")]
    [InlineData("snapshot-isolation", 0, "valid: true")]
    [InlineData("read-commited", 2, "valid: unknown")]
    public void A_tool_checks_a_file(string consistency, int exitCode, string firstLine)
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, WriteSkew);
            using StringWriter output = new();

            int code = new HistoryChecks().CheckFile(path, "list-append", null, consistency, output);

            Assert.Equal(exitCode, code);
            Assert.StartsWith(firstLine, output.ToString(), StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void The_proof_names_the_transactions_and_the_contradiction()
    {
        TransactionVerdict verdict = TransactionCheck.ListAppend(
            HistoryText.Read(WriteSkew), new TransactionCheckOptions { Consistency = "serializable" });

        Assert.Equal(["G2-item"], verdict.Anomalies);
        Assert.Equal(["repeatable-read"], verdict.ExcludedModels);
        Assert.Contains(
            "T1 read key \"y\" empty, without 1, which T2 appended.\n  But T2 < T1, because T2 read key \"x\" empty, "
            + "without 1, which T1 appended: a contradiction.",
            verdict.Verdict.Reason,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0 txn - [[\"append\",1,1]]|0 txn - [[\"append\",1,1]]", "appended twice")]
    [InlineData("0 txn - [[\"w\",1,1]]|0 txn - [[\"r\",1,null]]", "known are")]
    [InlineData("0 txn - 5|0 txn - [[\"r\",1,null]]", "no list of steps")]
    [InlineData("0 txn - [[\"append\",1,1]]", "nothing to check")]
    public void What_can_not_be_judged_is_unknown(string lines, string reason)
    {
        Verdict verdict = TransactionCheck.ListAppend(SessionHistories.Of(lines.Split('|'))).Verdict;

        Assert.Equal(Validity.Unknown, verdict.Validity);
        Assert.Contains(reason, verdict.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_search_that_is_cut_leaves_what_is_proven_and_nothing_valid()
    {
        History history = HistoryText.Read(WriteSkew);

        TransactionVerdict proven = TransactionCheck.ListAppend(
            history, new TransactionCheckOptions { Consistency = "serializable", SearchSteps = 1 });
        TransactionVerdict undecided = TransactionCheck.ListAppend(
            history, new TransactionCheckOptions { Consistency = "consistent-view", SearchSteps = 1 });

        Assert.Equal(Validity.Invalid, proven.Verdict.Validity);
        Assert.Contains("cycle-search-timeout", proven.Anomalies);
        Assert.Equal(Validity.Unknown, undecided.Verdict.Validity);
    }

    [Fact]
    public void A_register_assumed_linearizable_shows_a_stale_read()
    {
        History history = SessionHistories.Of(
            "0 txn - [[\"w\",\"x\",1]]", "0 txn - [[\"w\",\"x\",2]]", "1 txn - [[\"r\",\"x\",1]]");

        TransactionVerdict without = TransactionCheck.ReadWriteRegister(history);
        TransactionVerdict with = TransactionCheck.ReadWriteRegister(
            history, new TransactionCheckOptions { LinearizableKeys = true });

        Assert.Equal(Validity.Valid, without.Verdict.Validity);
        Assert.Equal(["cyclic-versions"], with.Anomalies);
    }

    [Theory]
    [InlineData("read-uncommitted")]
    [InlineData("read-committed")]
    [InlineData("repeatable-read")]
    [InlineData("snapshot-isolation")]
    [InlineData("serializable")]
    [InlineData("strong-session-snapshot-isolation")]
    [InlineData("strong-session-serializable")]
    [InlineData("strict-serializable")]
    public void The_common_models_are_known_by_name(string model) => Assert.Contains(model, TransactionCheck.Models);
}
