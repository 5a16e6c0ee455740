using Replication.Testing.Checkers;
using Replication.Testing.Checkers.Vacuity;
using Replication.Testing.Tests.Histories;

namespace Replication.Testing.Tests.Vacuity;

public sealed class VacuityCheckerTests
{
    private static readonly string[] Rich =
    [
        "0 invoke write k 1", "1 invoke read k", "0 ok write k 1", "1 ok read k 1",
        "0 invoke cas k [1,2]", "0 ok cas k [1,2]", "1 invoke cas k [1,3]", "1 fail cas k [1,3]",
    ];

    [Fact]
    public void A_history_in_which_every_function_succeeds_and_reads_meet_writes_is_enough()
    {
        Assert.Equal(Validity.Valid, VacuityChecker.Check(HistoryText.Of(Rich)).Validity);
    }

    [Fact]
    public void An_empty_history_is_not_enough()
    {
        Assert.Equal(Validity.Unknown, VacuityChecker.Check(HistoryText.Of()).Validity);
    }

    [Fact]
    public void A_function_that_never_ends_well_is_named()
    {
        Verdict verdict = VacuityChecker.Check(
            HistoryText.Of([.. Rich, "2 invoke append k 1", "2 info append k 1"]));

        Assert.Equal(Validity.Unknown, verdict.Validity);
        Assert.Contains("\"append\" 0 ended well", verdict.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_in_which_most_operations_do_not_end_well_is_not_enough()
    {
        string[] lost = [.. Enumerable.Range(10, 5).Select(p => $"{p} invoke write k 1")];

        Verdict verdict = VacuityChecker.Check(HistoryText.Of([.. Rich, .. lost]));

        Assert.Equal(Validity.Unknown, verdict.Validity);
        Assert.Contains("ended well is 44", verdict.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, "0 invoke write k 1", "0 ok write k 1", "1 invoke read k", "1 ok read k 1")]
    [InlineData(false, "1 invoke read k", "0 invoke write j 1", "0 ok write j 1", "1 ok read k null")]
    [InlineData(true, "1 invoke read k", "0 invoke write k 1", "0 ok write k 1", "1 ok read k 1")]
    [InlineData(true, "0 invoke write k 1", "1 invoke read k", "1 ok read k 1", "0 ok write k 1")]
    [InlineData(true, "0 invoke write k 1", "0 info write k 1", "1 invoke read k", "1 ok read k 1")]
    public void Reads_must_meet_other_operations_on_their_key(bool isEnough, params string[] lines)
    {
        VacuityOptions options = new() { OkMin = 0, OkShareMin = 0 };

        Verdict verdict = VacuityChecker.Check(HistoryText.Of(lines), options);

        Assert.Equal(isEnough ? Validity.Valid : Validity.Unknown, verdict.Validity);
    }

    [Fact]
    public void A_fault_without_effect_is_named()
    {
        VacuityOptions options = new()
        {
            FaultEffects = new Dictionary<string, long> { ["partition"] = 0, ["kill"] = 3 },
        };

        Verdict verdict = VacuityChecker.Check(HistoryText.Of(Rich), options);

        Assert.Equal(Validity.Unknown, verdict.Validity);
        Assert.Contains("\"partition\"", verdict.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain("\"kill\"", verdict.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Joined_verdicts_keep_a_violation_and_never_turn_unknown_into_valid()
    {
        Verdict valid = Verdict.Valid("fine");
        Verdict unknown = Verdict.Unknown("too little");
        Verdict invalid = Verdict.Invalid("proof");

        Assert.Equal(Validity.Valid, Verdict.All(valid, valid).Validity);
        Assert.Equal(Validity.Unknown, Verdict.All(valid, unknown).Validity);
        Assert.Equal(Validity.Invalid, Verdict.All(valid, unknown, invalid).Validity);
        Assert.Equal(Validity.Unknown, Verdict.All().Validity);
        Assert.Equal("proof", Verdict.All(valid, unknown, invalid).Reason);
    }
}
