using Harness.Guards;
using Harness.Nemeses;
using Harness.Runs;
using Harness.Workloads;
using Replication.Kv;
using Replication.Testing.Checkers;
using Replication.Testing.Histories;

namespace Replication.ProcessTests.Harness;

public sealed class GuardTests
{
    private static readonly IWorkload Registers = new RegisterWorkload(
        new KvRegisters(ReadConsistency.Linearizable));
    private static readonly IWorkload Lists = new ListAppendWorkload(ReadConsistency.Linearizable);

    [Fact]
    public void Reads_after_writes_show_nothing() => Assert.Equal(Validity.Unknown, OverlapGuard.Check(
        new HistoryOf().Invoke(1, "write", "x", 1).Ok(1, "write", "x", 1).Invoke(2, "read", "x").Ok(2, "read", "x", 1)
            .ToHistory(),
        Registers.AccessesOf).Validity);

    [Fact]
    public void A_write_under_way_at_a_read_counts() => Assert.Equal(Validity.Valid, OverlapGuard.Check(
        new HistoryOf().Invoke(1, "write", "x", 1).Invoke(2, "read", "x").Ok(2, "read", "x", 1).Ok(1, "write", "x", 1)
            .ToHistory(),
        Registers.AccessesOf).Validity);

    [Fact]
    public void A_write_that_was_given_up_before_a_read_does_not_count() => Assert.Equal(
        Validity.Unknown, OverlapGuard.Check(
            new HistoryOf().Invoke(1, "write", "x", 1).Info(1, "write", "x").Invoke(2, "read", "x")
                .Ok(2, "read", "x", 1).ToHistory(),
            Registers.AccessesOf).Validity);

    [Fact]
    public void A_transaction_does_not_meet_itself_but_another_that_appends_to_what_it_reads()
    {
        HistoryValue mine = Transaction("""[["append",1,1],["r",1,null]]""");
        HistoryValue other = Transaction("""[["append",1,2]]""");
        HistoryValue apart = Transaction("""[["append",2,2]]""");
        Assert.Equal(Validity.Unknown, Overlap(mine, apart));
        Assert.Equal(Validity.Valid, Overlap(mine, other));
    }

    [Fact]
    public void A_cluster_that_refuses_without_a_fault_shows_nothing()
    {
        HistoryOf good = new();
        HistoryOf bad = new();
        for (int i = 0; i < 100; i++)
        {
            good.Invoke(1, "read", "x").Ok(1, "read", "x");
            bad.Invoke(1, "read", "x");
            _ = i < 90 ? bad.Ok(1, "read", "x") : bad.Fail(1, "read", "x");
        }

        Assert.Equal(Validity.Valid, StableGuard.Check(good.ToHistory().Operations, []).Validity);
        Assert.Equal(Validity.Unknown, StableGuard.Check(bad.ToHistory().Operations, []).Validity);
        FaultRecord fault = new("kill", "kill 1", 180_000_000, 190_000_000, HadEffect: true);
        Assert.Equal(Validity.Valid, StableGuard.Check(bad.ToHistory().Operations, [fault]).Validity);
    }

    [Fact]
    public void Each_nemesis_must_have_struck_with_all_of_its_faults()
    {
        FaultRecord kill = new("kill", "kill 1", 1, 2, HadEffect: true);
        FaultRecord miss = kill with { HadEffect = false };
        Assert.Equal(Validity.Valid, EffectGuard.Check([], []).Validity);
        Assert.Equal(Validity.Valid, EffectGuard.Check(["kill"], [kill, kill]).Validity);
        Assert.Equal(Validity.Unknown, EffectGuard.Check(["kill"], [kill, miss]).Validity);
        Assert.Equal(Validity.Unknown, EffectGuard.Check(["kill"], []).Validity);
        Assert.Equal(Validity.Unknown, EffectGuard.Check(["kill", "pause"], [kill]).Validity);
    }

    [Fact]
    public void A_run_with_few_operations_or_a_node_that_crashed_is_not_valid()
    {
        HistoryOf some = new();
        for (long i = 0; i < 100; i++)
        {
            some.Invoke(1, "write", "x", i).Invoke(2, "read", "x").Ok(2, "read", "x").Ok(1, "write", "x", i);
        }

        Assert.Equal(Validity.Unknown, Judge(some, "--ok-minimum 201", "nodes")["amount"]);
        Assert.Equal(Validity.Valid, Judge(some, "--ok-minimum 200", "nodes")["amount"]);
        Assert.Equal(Validity.Invalid, Judge(some, "--ok-minimum 200", "nodes")["nodes"]);
        Assert.Equal(Validity.Invalid, Judge(some, "--ok-minimum 200", "recovery")["recovery"]);
        Assert.Equal(Validity.Invalid, Judge(some, "--ok-minimum 200", "last reads")["last reads"]);
        Assert.Equal(Validity.Invalid, Judge(some, "--ok-minimum 200", "answers")["answers"]);
    }

    private static Dictionary<string, Validity> Judge(HistoryOf history, string line, string bad)
    {
        Verdict Of(string name) => name == bad ? Verdict.Invalid("It is bad.") : Verdict.Valid("It is good.");
        TestOptions options = TestOptions.Parse($"--nemesis none {line}".Split(' '));
        return new Judgement(options, Registers)
            .Of(history.ToHistory(), [], new Aftermath(Of("recovery"), Of("last reads"), Of("nodes"), Of("answers")))
            .ToDictionary(named => named.Check, named => named.Verdict.Validity);
    }

    private static Validity Overlap(HistoryValue first, HistoryValue second) => OverlapGuard.Check(
        new HistoryOf().Invoke(1, "txn", "", first).Invoke(2, "txn", "", second).Ok(2, "txn", "", second)
            .Ok(1, "txn", "", first).ToHistory(),
        Lists.AccessesOf).Validity;

    private static HistoryValue Transaction(string json) => HistoryValue.Parse(json);
}
