using KvProcesses.Verification;
using KvProcesses.Workloads;
using Replication.Primitives;

namespace Replication.ProcessTests.Verification;

public sealed class ReadBackTests
{
    private const int Keys = 50;
    private readonly FakeStore _store = new();
    private readonly WriteLedger _ledger = new(Keys);

    [Fact]
    public async Task An_honest_store_passes_with_every_write_covered()
    {
        await WriteAsync(times: 3);

        VerificationReport report = await ReadAsync();

        Assert.True(report.IsClean);
        Assert.Equal(Keys, report.KeysChecked);
        Assert.Equal(3 * Keys, report.WritesCovered);
        Assert.Equal(3 * Keys, report.Acknowledged);
    }

    [Fact]
    public async Task One_deleted_key_fails()
    {
        await WriteAsync(times: 2);
        _store.Content.Remove(Name(7));

        VerificationReport report = await ReadAsync();

        Assert.False(report.IsClean);
        Assert.Equal(1, report.Lost);
        Assert.Equal("key 7: Missing", Assert.Single(report.Findings));
        Assert.Equal(2 * (Keys - 1), report.WritesCovered);
    }

    [Fact]
    public async Task One_rolled_back_key_fails()
    {
        await WriteAsync(times: 1);
        (byte[], long) older = _store.Content[Name(7)];
        await WriteAsync(times: 1);
        _store.Content[Name(7)] = older;

        VerificationReport report = await ReadAsync();

        Assert.False(report.IsClean);
        Assert.Equal(1, report.Lost);
        Assert.Equal("key 7: RolledBack", Assert.Single(report.Findings));
    }

    [Fact]
    public async Task Writes_that_were_acknowledged_but_not_executed_fail()
    {
        await WriteAsync(times: 1);
        _store.ExecutesWrites = false;
        await WriteAsync(times: 1);

        Assert.Equal(Keys, (await ReadAsync()).Lost);
    }

    [Fact]
    public async Task Writes_of_unknown_outcome_may_be_there_or_not()
    {
        _store.Outcome = WriteOutcome.Indeterminate;
        await EnterIndeterminateAsync(key: 1);
        _store.ExecutesWrites = false;
        await EnterIndeterminateAsync(key: 2);

        VerificationReport report = await ReadAsync();

        Assert.True(report.IsClean);
        Assert.Equal(2, report.Indeterminate);
    }

    [Fact]
    public async Task Keys_that_cannot_be_read_are_not_verified()
    {
        await WriteAsync(times: 1);
        _store.ReadsFail = true;
        using CancellationTokenSource limit = new();
        await limit.CancelAsync();

        VerificationReport report = await ReadAsync(limit.Token);

        Assert.False(report.IsClean);
        Assert.Equal(Keys, report.Unread);
        Assert.Equal(0, report.KeysChecked);
    }

    private static string Name(int key) => FakeStore.NameOf(StampedLoad.KeyName(key));

    private async Task WriteAsync(int times)
    {
        StampedLoad load = new(_store, _ledger, valueBytes: 100);
        for (int i = 0; i < times; i++)
        {
            await load.WriteAllAsync(clients: 4, CancellationToken.None);
        }
    }

    private async Task EnterIndeterminateAsync(int key)
    {
        ValueStamp stamp = new(key, 1);
        await _store.PutAsync(StampedLoad.KeyName(key), stamp.ToValue(key, 100), CancellationToken.None);
        _ledger.AddIndeterminate(key, stamp);
    }

    private Task<VerificationReport> ReadAsync(CancellationToken cancellationToken = default) =>
        new ReadBack(_store, _ledger, StampedLoad.KeyName).RunAsync(readers: 4, cancellationToken);
}
