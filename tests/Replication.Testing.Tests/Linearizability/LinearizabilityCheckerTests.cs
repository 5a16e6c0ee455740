using Replication.Testing.Checkers;
using Replication.Testing.Checkers.Linearizability;
using Replication.Testing.Histories;
using Replication.Testing.Tests.Histories;

namespace Replication.Testing.Tests.Linearizability;

public sealed class LinearizabilityCheckerTests
{
    [Fact]
    public void Thousands_of_writes_of_unknown_outcome_are_decided()
    {
        History history = History.FromEvents(ObedientRegister.Events(1, 6_000, clients: 10, unknownPercent: 60));
        LinearizabilityOptions options = new() { ConfigurationsMax = 100_000 };

        Verdict verdict = LinearizabilityChecker.Check(history, LinearizabilityModels.Register, options);

        int unknown = history.Operations.Count(o => o.Outcome == HistoryEventType.Info && o.F == "write");
        Assert.InRange(unknown, 1_500, 2_500);
        Assert.True(verdict.Validity == Validity.Valid, verdict.ToString());
    }

    [Fact]
    public void A_cap_of_configurations_gives_unknown_and_says_how_far_it_came()
    {
        LinearizabilityOptions options = new() { ConfigurationsMax = 5 };

        Verdict verdict = LinearizabilityChecker.Check(SubsetSum(found: true), LinearizabilityModels.Counter, options);

        Assert.Equal(Validity.Unknown, verdict.Validity);
        Assert.Contains("after 5 configurations", verdict.Reason, StringComparison.Ordinal);
        Assert.Equal(
            Validity.Valid,
            LinearizabilityChecker.Check(SubsetSum(found: true), LinearizabilityModels.Counter).Validity);
    }

    [Fact]
    public void A_cap_of_memory_gives_unknown()
    {
        LinearizabilityOptions options = new() { MemoryBytesMax = 20_000 };

        Verdict verdict = LinearizabilityChecker.Check(SubsetSum(found: false), LinearizabilityModels.Counter, options);

        Assert.Equal(Validity.Unknown, verdict.Validity);
        Assert.Contains("bytes of memory", verdict.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cap_of_time_gives_unknown()
    {
        LinearizabilityOptions options = new() { TimeMax = TimeSpan.FromSeconds(1), TimeProvider = new RunawayClock() };

        Verdict verdict = LinearizabilityChecker.Check(SubsetSum(found: false), LinearizabilityModels.Counter, options);

        Assert.Equal(Validity.Unknown, verdict.Validity);
        Assert.Contains("after 00:00:01", verdict.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void An_object_that_is_not_decided_hides_no_violation_of_another()
    {
        HistoryEvent[] events =
        [
            .. SubsetSum(found: false).Operations.SelectMany(o => new[] { o.Invocation, o.Completion })
                .OfType<HistoryEvent>().OrderBy(e => e.Index),
            new() { Index = 900, Process = 900, Type = HistoryEventType.Invoke, F = "read", Key = 1 },
            new() { Index = 901, Process = 900, Type = HistoryEventType.Ok, F = "read", Key = 1, Value = 5 },
        ];
        LinearizabilityOptions options = new() { ConfigurationsMax = 5 };

        Verdict verdict = LinearizabilityChecker.Check(
            History.FromEvents(events), LinearizabilityModels.Counter, options);

        Assert.Equal(Validity.Invalid, verdict.Validity);
        Assert.Contains("object 1", verdict.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_proof_names_the_return_that_can_not_be_explained_and_few_operations_that_convict()
    {
        List<HistoryEvent> events = ObedientRegister.Events(3, 500);
        HistoryValue stale = events.First(e => e is { F: "write", Type: HistoryEventType.Ok }).Value;
        events.Add(new HistoryEvent { Index = 5_000, Process = 5_000, Type = HistoryEventType.Invoke, F = "read" });
        events.Add(new HistoryEvent
        {
            Index = 5_001,
            Process = 5_000,
            Type = HistoryEventType.Ok,
            F = "read",
            Value = stale,
        });

        Verdict verdict = LinearizabilityChecker.Check(History.FromEvents(events), LinearizabilityModels.Register);

        Assert.Equal(Validity.Invalid, verdict.Validity);
        Assert.Contains("Up to event #5000 it is", verdict.Reason, StringComparison.Ordinal);
        Assert.Contains($"process 5000: read -> {stale} (ok)", verdict.Reason, StringComparison.Ordinal);
        Assert.Contains("These 3 operations alone have no order either", verdict.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void The_first_return_that_breaks_is_named_even_if_worse_follows()
    {
        History history = HistoryText.Of(
            "0 invoke write k 1", "0 ok write k 1",
            "1 invoke read k", "1 ok read k 2",
            "0 invoke write k 2", "0 ok write k 2",
            "1 invoke read k", "1 ok read k 7");

        Verdict verdict = LinearizabilityChecker.Check(history, LinearizabilityModels.Register);

        Assert.Contains("Up to event #2 it is", verdict.Reason, StringComparison.Ordinal);
        Assert.Contains("#2..#3 process 1: read", verdict.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_of_ones_own_takes_two_methods()
    {
        string[] valid = ["0 invoke push k 1", "0 ok push k 1", "1 invoke pop k", "1 ok pop k 1"];
        string[] invalid = [.. valid, "1 invoke pop k", "1 ok pop k 1"];

        Assert.Equal(Validity.Valid, LinearizabilityChecker.Check(HistoryText.Of(valid), new StackModel()).Validity);
        Assert.Equal(
            Validity.Invalid, LinearizabilityChecker.Check(HistoryText.Of(invalid), new StackModel()).Validity);
    }

    [Fact]
    public void An_operation_that_the_model_lacks_is_an_error_that_names_it()
    {
        History history = HistoryText.Of("0 invoke cas k [1,2]", "0 ok cas k [1,2]");

        ArgumentException e = Assert.Throws<ArgumentException>(
            () => LinearizabilityChecker.Check(history, LinearizabilityModels.Register));

        Assert.Contains("\"cas\"", e.Message, StringComparison.Ordinal);
    }

    /// <summary>Adds of unknown outcome by powers of two, and a read that needs most of them or one too many.</summary>
    private static History SubsetSum(bool found)
    {
        List<HistoryEvent> events = [];
        for (int i = 0; i < 14; i++)
        {
            events.Add(new HistoryEvent
            {
                Index = i,
                Process = i,
                Type = HistoryEventType.Invoke,
                F = "add",
                Value = 2L << i,
            });
        }

        events.Add(new HistoryEvent { Index = 100, Process = 100, Type = HistoryEventType.Invoke, F = "read" });
        events.Add(new HistoryEvent
        {
            Index = 101,
            Process = 100,
            Type = HistoryEventType.Ok,
            F = "read",
            Value = found ? 0b101_0110_1101_1010 : 0b101_0110_1101_1011,
        });
        return History.FromEvents(events);
    }

    private sealed class StackModel : Model<string>
    {
        public override string Name => "stack";

        public override string Initial(HistoryValue? initial) => "";

        public override bool TryApply(string state, ModelOperation operation, out string after)
        {
            bool isPush = operation.F == "push";
            after = isPush ? $"{state}{operation.Argument}" : state.Length == 0 ? "" : state[..^1];
            return isPush || (state.Length > 0
                && (!operation.IsResultKnown || operation.Result.ToString() == state[^1..]));
        }
    }

    /// <summary>A clock by which an hour passes from one look to the next.</summary>
    private sealed class RunawayClock : TimeProvider
    {
        private long _hours;

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => ++_hours * 3_600;
    }
}
