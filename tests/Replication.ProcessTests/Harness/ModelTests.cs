using Harness.Models;
using Replication.Testing.Checkers;
using Replication.Testing.Checkers.Linearizability;
using Replication.Testing.Histories;

namespace Replication.ProcessTests.Harness;

public sealed class ModelTests
{
    [Fact]
    public void A_stock_refuses_only_what_is_not_there()
    {
        Assert.Equal(Validity.Valid, Stock(Taken(3, 2)));
        Assert.Equal(Validity.Invalid, Stock(Taken(3, 3)));
        Assert.Equal(Validity.Valid, Stock(Taken(6, HistoryValue.FromBoolean(false))));
        Assert.Equal(Validity.Invalid, Stock(Taken(3, HistoryValue.FromBoolean(false))));
    }

    [Fact]
    public void A_stock_knows_changes_of_unknown_outcome()
    {
        HistoryOf maybe = new HistoryOf().Invoke(1, "change", "g", 5).Info(1, "change", "g")
            .Invoke(2, "read", "g").Ok(2, "read", "g", 0).Invoke(2, "read", "g").Ok(2, "read", "g", 5);
        Assert.Equal(Validity.Valid, Stock(maybe));
        Assert.Equal(Validity.Invalid, Stock(maybe.Invoke(2, "read", "g").Ok(2, "read", "g", 0)));
    }

    [Fact]
    public void A_poll_that_misses_what_was_acknowledged_is_found_out()
    {
        Assert.Equal(Validity.Valid, Log("""[[1,"a"]]"""));
        Assert.Equal(Validity.Invalid, Log("[]"));
    }

    private static HistoryOf Taken(long amount, HistoryValue result) => new HistoryOf()
        .Invoke(1, "change", "g", 5).Ok(1, "change", "g", 5)
        .Invoke(1, "change", "g", -amount).Ok(1, "change", "g", result);

    private static Validity Stock(HistoryOf history) =>
        LinearizabilityChecker.Check(history.ToHistory(), new StockModel()).Validity;

    private static Validity Log(string polled)
    {
        HistoryValue value = HistoryValue.FromText("a");
        return LogFreshness.Check(new HistoryOf()
            .Invoke(1, "append", "log", value).Ok(1, "append", "log", value, position: 1)
            .Invoke(2, "poll", "log", 1).Ok(2, "poll", "log", HistoryValue.Parse(polled)).ToHistory()).Validity;
    }
}
