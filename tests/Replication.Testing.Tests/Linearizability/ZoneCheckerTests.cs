using Replication.Testing.Checkers;
using Replication.Testing.Checkers.Linearizability;
using Replication.Testing.Histories;
using Replication.Testing.Tests.Histories;

namespace Replication.Testing.Tests.Linearizability;

public sealed class ZoneCheckerTests
{
    [Fact]
    public void Zones_and_the_search_agree_on_random_histories_of_unique_values()
    {
        int invalid = 0;
        for (int seed = 0; seed < 1_000; seed++)
        {
            History history = History.FromEvents(ObedientRegister.Events(
                seed, operations: 5 + (seed % 60), clients: 2 + (seed % 6), unknownPercent: seed % 30,
                wrongPercent: seed % 3 * 8));

            Verdict zones = ZoneChecker.Check(history);
            Verdict search = LinearizabilityChecker.Check(history, LinearizabilityModels.Register);

            if (history.Operations.Any(o => o.Outcome == HistoryEventType.Ok))
            {
                Assert.True(zones.Validity == search.Validity, $"Seed {seed}: {zones}\n{search}");
                invalid += search.Validity == Validity.Invalid ? 1 : 0;
            }
        }

        Assert.InRange(invalid, 100, 900);
    }

    [Fact]
    public void A_value_that_is_written_twice_is_left_to_the_search()
    {
        History history = HistoryText.Of(
            "0 invoke write k 1", "0 ok write k 1", "0 invoke write k 1", "0 ok write k 1");

        Assert.Equal(Validity.Unknown, ZoneChecker.Check(history).Validity);
    }

    [Fact]
    public void A_proof_names_the_operations_that_hold_the_values_in_place()
    {
        History history = HistoryText.Of(
            "0 invoke write k 1", "0 ok write k 1",
            "0 invoke write k 2", "0 ok write k 2",
            "1 invoke read k", "1 ok read k 1");

        Verdict verdict = ZoneChecker.Check(history);

        Assert.Equal(Validity.Invalid, verdict.Validity);
        Assert.Contains("#2..#3 process 0: write", verdict.Reason, StringComparison.Ordinal);
        Assert.Contains("#0..#1 process 0: write", verdict.Reason, StringComparison.Ordinal);
        Assert.Contains("#4..#5 process 1: read", verdict.Reason, StringComparison.Ordinal);
    }
}
