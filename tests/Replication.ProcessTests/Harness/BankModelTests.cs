using Harness.Models;
using Replication.Testing.Checkers;
using Replication.Testing.Checkers.Linearizability;
using Replication.Testing.Histories;

namespace Replication.ProcessTests.Harness;

public sealed class BankModelTests
{
    private const string Bank = "b0";
    private static readonly HistoryValue Opening = HistoryValue.FromList(100, 100);
    private static readonly HistoryValue Yes = HistoryValue.FromBoolean(true);
    private static readonly HistoryValue No = HistoryValue.FromBoolean(false);

    [Fact]
    public void A_transfer_is_seen_by_later_reads()
    {
        Assert.Equal(Validity.Valid, Check(Transferred(Yes, HistoryValue.FromList(90, 110))));
        Assert.Equal(Validity.Invalid, Check(Transferred(Yes, Opening)));
    }

    [Fact]
    public void A_transfer_whose_balances_held_is_not_refused() =>
        Assert.Equal(Validity.Invalid, Check(Transferred(No, Opening)));

    [Fact]
    public void Half_a_transfer_breaks_the_total()
    {
        History half = Transferred(Yes, HistoryValue.FromList(90, 100)).ToHistory();
        Assert.Equal(Validity.Invalid, BankTotals.Check(half, 200).Validity);
        Assert.Equal(Validity.Unknown, BankTotals.Check(new HistoryOf().ToHistory(), 200).Validity);
    }

    private static HistoryOf Transferred(HistoryValue result, HistoryValue read) => new HistoryOf()
        .Invoke(1, "open", Bank, Opening).Ok(1, "open", Bank, Opening)
        .Invoke(1, "transfer", Bank, HistoryValue.FromList(0, 1, 10, 100, 100)).Ok(1, "transfer", Bank, result)
        .Invoke(2, "read", Bank).Ok(2, "read", Bank, read);

    private static Validity Check(HistoryOf history) =>
        LinearizabilityChecker.Check(history.ToHistory(), new BankModel()).Validity;
}
