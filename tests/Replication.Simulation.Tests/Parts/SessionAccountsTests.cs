using Replication.Primitives;
using Replication.Raft.Primitives;
using Replication.Sessions;
using Replication.Testing.Simulation.Invariants;

namespace Replication.Simulation.Tests.Parts;

public sealed class SessionAccountsTests
{
    private const long Timeout = 1_000;
    private readonly ClientSessionTable _table = new(SessionLimits.Default);

    public SessionAccountsTests()
    {
        Assert.True(_table.TryOpen(3, Timeout, At(1)));
        Assert.True(_table.TryOpen(7, Timeout, At(2)));
        _table.Store(3, Result(1));
        _table.Store(3, Result(2));
    }

    [Fact]
    public void Sessions_that_are_used_acknowledged_and_expire_are_right()
    {
        Assert.Null(SessionAccounts.Check(_table));

        Assert.Equal(SessionVerdict.Execute, _table.Judge(new RequestId(3, 3, 2), default, At(500), out _));
        _table.Store(3, Result(3));
        _table.BeginEntry(At(1_200));

        Assert.Equal(1, _table.Count);
        Assert.Null(SessionAccounts.Check(_table));
    }

    [Fact]
    public void A_result_that_the_table_does_not_count_is_found()
    {
        _table.InOrder()[0].Add(Result(3));

        Assert.Contains("bytes of results are counted", SessionAccounts.Check(_table));
    }

    [Fact]
    public void A_result_that_is_forgotten_and_still_counted_is_found()
    {
        _table.InOrder()[0].RaiseFloor(2);

        Assert.Contains("bytes of results are counted", SessionAccounts.Check(_table));
    }

    private static HybridTimestamp At(long milliseconds) => HybridTimestamp.FromUnixMilliseconds(milliseconds);

    private static StoredResult Result(long sequence) => new(
        sequence, default, new LogId(new Term(1), new LogIndex(10 + sequence)), At(5), new byte[] { 1, 2, 3 });
}
