using Replication.Errors;
using Replication.Kv;
using Replication.Log;
using Replication.Log.Machine;
using Replication.Primitives;
using Replication.Sessions;
using Replication.StateMachines;
using Replication.Storage.Engine;
using Replication.Tests.StateMachines;
using static Replication.Tests.StateMachines.TestReplica;

namespace Replication.Tests.Log;

public sealed class ReplicatedLogTests : IDisposable
{
    private readonly TestReplica _replica = new(isLog: true);
    private readonly FakeGroupClient _group;
    private readonly ReplicatedLog _log;

    public ReplicatedLogTests()
    {
        _group = new FakeGroupClient(_replica);
        _log = new ReplicatedLog(_group, _replica.Log!, recordBytesMax: 1 << 20, TimeSpan.FromHours(1));
    }

    public void Dispose() => _replica.Dispose();

    [Fact]
    public async Task Positions_are_dense_from_one_and_carry_log_time()
    {
        for (int i = 1; i <= 3; i++)
        {
            _group.NowMilliseconds = 100 * i;
            LogAppendResult result = await _log.AppendAsync(Bytes($"r{i}"));
            Assert.Equal((WriteOutcome.Committed, (long)i), (result.Outcome, result.Position));
        }

        Assert.Equal(["1 r1 100", "2 r2 200", "3 r3 300"], await ReadAll(1));
        Assert.Equal(["3 r3 300"], await ReadAll(3));
        Assert.Empty(await ReadAll(4));
        Assert.Empty(await ReadAll(long.MaxValue));
    }

    [Fact]
    public async Task A_long_log_is_read_in_order_without_gaps_over_many_pages()
    {
        for (int i = 1; i <= 1_000; i++)
        {
            await _log.AppendAsync(Bytes($"{i}"));
        }

        byte[] large = new byte[600_000];
        for (int i = 0; i < 5; i++)
        {
            await _log.AppendAsync(large);
        }

        List<LogRecord> records = [];
        await foreach (LogRecord record in _log.ReadAsync(1))
        {
            records.Add(record);
        }

        Assert.Equal(Enumerable.Range(1, 1_005).Select(i => (long)i), records.Select(r => r.Position));
        Assert.All(records.Take(1_000), r => Assert.Equal($"{r.Position}", Text(r.Value)));
    }

    [Fact]
    public async Task A_read_ends_where_the_log_ended_when_it_began()
    {
        await _log.AppendAsync(Bytes("a"));
        await _log.AppendAsync(Bytes("b"));
        List<long> seen = [];
        await foreach (LogRecord record in _log.ReadAsync(1))
        {
            seen.Add(record.Position);
            await _log.AppendAsync(Bytes("more"));
        }

        Assert.Equal([1, 2], seen);
    }

    [Fact]
    public async Task A_linearizable_read_shows_what_was_committed_elsewhere_before_it()
    {
        await _log.AppendAsync(Bytes("a"));
        _group.IsLagging = true;
        await _log.AppendAsync(Bytes("b"));

        Assert.Single(await ReadAll(1, ReadConsistency.ConsistentPrefix));
        Assert.Equal(2, (await ReadAll(1)).Count);
        _group.ReadFailure = new QuorumUnavailableException("none", RejectReason.NoQuorum, default);
        await Assert.ThrowsAsync<QuorumUnavailableException>(() => ReadAll(1));
    }

    [Fact]
    public async Task A_trimmed_position_is_refused_with_both_positions()
    {
        await AppendMany(10);
        Assert.Equal(4, (await _log.TrimAsync(4)).Position);
        Assert.Equal(4, (await _log.TrimAsync(2)).Position);

        var e = await Assert.ThrowsAsync<LogTrimmedException>(() => ReadAll(3));
        Assert.Equal((3L, 4L), (e.Position, e.FirstPosition));
        Assert.Contains("no record 3 any more", e.Message, StringComparison.Ordinal);
        Assert.Contains("first one kept is 4", e.Message, StringComparison.Ordinal);
        Assert.Equal(7, (await ReadAll(4)).Count);

        // Beyond the end there is nothing to give up: the next record still gets the next position.
        Assert.Equal(11, (await _log.TrimAsync(1_000)).Position);
        Assert.Empty(await ReadAll(11));
        Assert.Equal(11, (await _log.AppendAsync(Bytes("x"))).Position);
        await Assert.ThrowsAsync<LogTrimmedException>(() => ReadAll(10));
    }

    [Fact]
    public async Task A_trim_under_a_reader_stops_it_with_an_error_and_never_skips_a_record()
    {
        await AppendMany(600);
        long last = 0;
        var e = await Assert.ThrowsAsync<LogTrimmedException>(async () =>
        {
            await foreach (LogRecord record in _log.ReadAsync(1))
            {
                Assert.Equal(last + 1, record.Position);
                last = record.Position;
                if (last == 10)
                {
                    await _log.TrimAsync(500);
                }
            }
        });
        Assert.Equal((257L, 500L), (e.Position, e.FirstPosition));
        Assert.Equal(256, last);
    }

    [Fact]
    public async Task A_large_trim_is_removed_by_a_bounded_number_of_records_per_entry()
    {
        await AppendMany(300);
        await _log.TrimAsync(301);
        Assert.Equal(300 - LogStateMachine.RemovalsPerEntry, StoredRecords());
        for (int i = 0; i < 4; i++)
        {
            await _log.AppendAsync(Bytes("x"));
        }

        Assert.Equal(4, StoredRecords());
    }

    [Fact]
    public async Task A_log_survives_checkpoint_and_restart_and_goes_on_where_it_was()
    {
        await AppendMany(200);
        await _log.TrimAsync(150);
        _replica.Checkpoint();
        _replica.Restart();
        var log = new ReplicatedLog(new FakeGroupClient(_replica), _replica.Log!, 1 << 20, TimeSpan.FromHours(1));

        Assert.Equal(201, (await log.AppendAsync(Bytes("next"))).Position);
        List<long> seen = [];
        await foreach (LogRecord record in log.ReadAsync(150))
        {
            seen.Add(record.Position);
        }

        Assert.Equal(Enumerable.Range(150, 52).Select(i => (long)i), seen);
    }

    [Fact]
    public async Task A_retried_append_adds_one_record_and_keeps_its_position()
    {
        ClientSession session = await _log.OpenSessionAsync();
        RequestId request = session.Next();
        LogAppendResult first = await _log.AppendAsync(Bytes("once"), request);
        await _log.AppendAsync(Bytes("between"));
        LogAppendResult again = await _log.AppendAsync(Bytes("once"), request);

        Assert.Equal((1L, 1L, first.Id), (first.Position, again.Position, again.Id));
        Assert.Equal(2, (await ReadAll(1)).Count);
        Assert.Equal(RejectReason.SequenceReused, (await _log.AppendAsync(Bytes("twice"), request)).Reason);
        Assert.True(await _log.CloseSessionAsync(session));
        Assert.Equal(RejectReason.SessionExpired, (await _log.AppendAsync(Bytes("once"), request)).Reason);
    }

    [Fact]
    public async Task A_subscriber_gets_what_is_there_and_then_what_comes_as_it_is_applied()
    {
        await AppendMany(2);
        await using IAsyncEnumerator<LogRecord> records = _log.SubscribeAsync(1).GetAsyncEnumerator();
        Assert.True(await records.MoveNextAsync());
        Assert.True(await records.MoveNextAsync());
        Assert.Equal(2, records.Current.Position);

        ValueTask<bool> next = records.MoveNextAsync();
        Assert.False(next.IsCompleted);
        await _log.AppendAsync(Bytes("new"));
        Assert.True(await next);
        Assert.Equal((3L, "new"), (records.Current.Position, Text(records.Current.Value)));
    }

    [Fact]
    public async Task A_subscription_may_begin_beyond_the_end_and_ends_by_its_token()
    {
        using var cancel = new CancellationTokenSource();
        await using IAsyncEnumerator<LogRecord> records = _log.SubscribeAsync(3, cancel.Token).GetAsyncEnumerator();
        Task<bool> next = records.MoveNextAsync().AsTask();
        await AppendMany(2);
        Assert.False(next.IsCompleted);
        await AppendMany(1);
        Assert.True(await next);
        Assert.Equal(3, records.Current.Position);

        next = records.MoveNextAsync().AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next);
    }

    [Fact]
    public async Task A_subscription_ends_with_the_error_of_its_host()
    {
        await using IAsyncEnumerator<LogRecord> waiting = _log.SubscribeAsync(1).GetAsyncEnumerator();
        Task<bool> next = waiting.MoveNextAsync().AsTask();
        _log.EndSubscriptions(new StorageFailedException("disk"));
        await Assert.ThrowsAsync<StorageFailedException>(() => next);
        await using IAsyncEnumerator<LogRecord> late = _log.SubscribeAsync(1).GetAsyncEnumerator();
        await Assert.ThrowsAsync<StorageFailedException>(async () => await late.MoveNextAsync());
    }

    [Fact]
    public async Task No_record_is_missed_by_subscribers_on_other_threads()
    {
        const int records = 3_000;
        Task<long>[] readers = [.. Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            long last = 0;
            await foreach (LogRecord record in _log.SubscribeAsync(1))
            {
                Assert.Equal(++last, record.Position);
                if (last == records)
                {
                    break;
                }
            }

            return last;
        }))];
        await AppendMany(records);
        Assert.All(await Task.WhenAll(readers), last => Assert.Equal(records, last));
    }

    [Fact]
    public async Task Bad_arguments_are_refused_with_the_bounds()
    {
        var e = await Assert.ThrowsAsync<ArgumentException>(async () => await _log.AppendAsync(default));
        Assert.Contains("0 bytes; it must have 1 to 1048576", e.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ArgumentException>(async () => await _log.AppendAsync(new byte[(1 << 20) + 1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => _log.ReadAsync(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => _log.SubscribeAsync(-1));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await _log.TrimAsync(0));
        Assert.Equal(0, _replica.AppliedId.Index.Value);
    }

    [Theory]
    [InlineData("c1")]
    [InlineData("01")]
    [InlineData("0101")]
    [InlineData("010200")]
    [InlineData("0102ff")]
    [InlineData("01020505")]
    [InlineData("010305")]
    public async Task A_malformed_command_changes_nothing_and_says_so(string hex)
    {
        await AppendMany(3);
        CommandResult result = _replica.Apply(
            2_000, CommandEnvelope.ForCommand(default).ToPayload(Convert.FromHexString(hex)));
        Assert.Equal(LogStatus.Malformed, LogCommandCodec.ReadResult(result.Body.Span, out _));
        Assert.Equal(3, StoredRecords());
    }

    private async Task AppendMany(int count)
    {
        for (int i = 0; i < count; i++)
        {
            Assert.Equal(WriteOutcome.Committed, (await _log.AppendAsync(Bytes("r"))).Outcome);
        }
    }

    private async Task<List<string>> ReadAll(long from, ReadConsistency consistency = default)
    {
        List<string> records = [];
        await foreach (LogRecord record in _log.ReadAsync(from, consistency))
        {
            records.Add($"{record.Position} {Text(record.Value)} {record.Timestamp.UnixMilliseconds}");
        }

        return records;
    }

    private int StoredRecords()
    {
        using IKeyValueSnapshot snapshot = _replica.Engine.CaptureSnapshot();
        return snapshot.Scan(LogKeys.OfRecord(1), LogKeys.OfRecord(long.MaxValue)).Count();
    }
}
