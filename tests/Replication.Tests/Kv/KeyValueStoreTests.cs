using Replication.Errors;
using Replication.Kv;
using Replication.Primitives;
using Replication.Raft.Primitives;
using Replication.Sessions;
using Replication.Tests.StateMachines;
using static Replication.Tests.StateMachines.TestReplica;

namespace Replication.Tests.Kv;

public sealed class KeyValueStoreTests : IDisposable
{
    private readonly TestReplica _replica = new();
    private readonly FakeGroupClient _group;
    private readonly KeyValueStore _store;

    public KeyValueStoreTests()
    {
        _group = new FakeGroupClient(_replica);
        _store = Open(new KeyValueLimits());
    }

    public void Dispose() => _replica.Dispose();

    [Fact]
    public async Task What_was_put_is_read_with_its_version_and_what_was_served()
    {
        KeyValueWriteResult put = await _store.PutAsync(Bytes("k"), Bytes("v"));
        KeyValueReadResult read = await _store.GetAsync(Bytes("k"));

        Assert.Equal((WriteOutcome.Committed, -1, 1L, KeyValueFailure.None),
            (put.Outcome, put.FailedAt, put.Id.Index.Value, put.Failure));
        Assert.Equal((true, "v", 1L), (read.Found, Text(read.Value), read.Version.Value));
        Assert.Equal((ReadLevel.Linearizable, new NodeId(3), put.Id), (read.Level, read.Node, read.AppliedId));
        Assert.False((await _store.GetAsync(Bytes("absent"))).Found);
        Assert.Equal("orders", _store.Name);
    }

    [Fact]
    public async Task A_value_of_no_bytes_is_a_value_and_not_an_absent_one()
    {
        Assert.Equal(WriteOutcome.Committed, (await _store.PutAsync(Bytes("k"), Bytes(""))).Outcome);

        KeyValueReadResult read = await _store.GetAsync(Bytes("k"));
        Assert.Equal((true, 0, 1L), (read.Found, read.Value.Length, read.Version.Value));
        Assert.Equal(WriteOutcome.ConditionFailed,
            (await _store.CompareAndSetAsync(Bytes("k"), default(ReadOnlyMemory<byte>?), Bytes("a"))).Outcome);
        Assert.Equal(WriteOutcome.Committed,
            (await _store.CompareAndSetAsync(Bytes("k"), Bytes(""), Bytes("a"))).Outcome);
    }

    [Fact]
    public async Task Every_operation_ends_as_it_should()
    {
        Assert.Equal(WriteOutcome.Committed, (await _store.CompareAndSetAsync(Bytes("k"), null, Bytes("a"))).Outcome);
        KeyValueWriteResult failed = await _store.CompareAndSetAsync(Bytes("k"), Bytes("b"), Bytes("c"));
        Assert.Equal((WriteOutcome.ConditionFailed, 0, KeyValueFailure.Condition),
            (failed.Outcome, failed.FailedAt, failed.Failure));
        Assert.Empty(failed.Operations);
        Assert.Equal(WriteOutcome.Committed, (await _store.CompareAndSetAsync(Bytes("k"), Bytes("a"), Bytes("b")))
            .Outcome);
        Assert.Equal(WriteOutcome.Committed, (await _store.AppendAsync(Bytes("k"), Bytes("!"))).Outcome);
        Assert.Equal("b!", Text((await _store.GetAsync(Bytes("k"))).Value));
        Assert.True((await _store.DeleteAsync(Bytes("k"))).Operations[0].Found);
        Assert.False((await _store.DeleteAsync(Bytes("k"))).Operations[0].Found);

        KeyValueWriteResult batch = await _store.WriteAsync(
            new KeyValueBatch().RequireVersion(Bytes("k"), default).Put(Bytes("k"), Bytes("z")).Get(Bytes("k")));
        Assert.Equal(["", "", "z"], batch.Operations.Select(o => Text(o.Value)));
    }

    // Reads: "Follower read on a lagging follower without waiting apply".
    [Fact]
    public async Task A_linearizable_read_waits_until_this_node_has_applied_what_it_must_show()
    {
        await _store.PutAsync(Bytes("k"), Bytes("old"));
        _group.IsLagging = true;
        await _store.PutAsync(Bytes("k"), Bytes("new"));

        KeyValueReadResult prefix = await _store.GetAsync(Bytes("k"), ReadConsistency.ConsistentPrefix);
        Assert.Equal(("old", ReadLevel.ConsistentPrefix, 1L),
            (Text(prefix.Value), prefix.Level, prefix.AppliedId.Index.Value));
        Assert.Equal(0, _group.ReadIndexCalls);
        Assert.Equal("old", Text(
            (await _store.ScanAsync(default, default, 9, ReadConsistency.ConsistentPrefix))[0].Value));

        KeyValueReadResult read = await _store.GetAsync(Bytes("k"));
        Assert.Equal(("new", 2L), (Text(read.Value), read.AppliedId.Index.Value));
        Assert.Equal("new", Text((await _store.ScanAsync(default, default, 9))[0].Value));
        Assert.Equal(2, _group.ReadIndexCalls);
    }

    [Fact]
    public async Task A_read_that_no_quorum_confirms_fails_and_never_answers_with_less()
    {
        await _store.PutAsync(Bytes("k"), Bytes("v"));
        _group.ReadFailure = new QuorumUnavailableException("no quorum", RejectReason.NoQuorum, default);
        await Assert.ThrowsAsync<QuorumUnavailableException>(async () => await _store.GetAsync(Bytes("k")));
        await Assert.ThrowsAsync<QuorumUnavailableException>(async () => await _store.ScanAsync(default, default, 1));
        Assert.True((await _store.GetAsync(Bytes("k"), ReadConsistency.ConsistentPrefix)).Found);
    }

    [Fact]
    public async Task A_scan_gives_a_range_in_order_of_unsigned_bytes()
    {
        byte[][] keys = [[0x80], [0x01], [0x7f], [0xff, 0x00], [0x01, 0x00]];
        foreach (byte[] key in keys)
        {
            await _store.PutAsync(key, new byte[] { 1 });
        }

        async Task<string> Scan(byte[] from, byte[] to, int limit) =>
            string.Join(' ', (await _store.ScanAsync(from, to, limit))
                .Select(i => Convert.ToHexStringLower(i.Key.Span)));
        Assert.Equal("01 0100 7f 80 ff00", await Scan([], [], 100));
        Assert.Equal("0100 7f", await Scan([1, 0], [0x80], 100));
        Assert.Equal("01 0100", await Scan([], [], 2));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Scan([], [], 0));
    }

    [Fact]
    public async Task What_the_group_says_of_a_proposal_is_passed_on()
    {
        ProposalCompletion[] endings =
        [
            new() { Outcome = WriteOutcome.Rejected, Reason = RejectReason.NotLeader, Leader = new NodeId(2) },
            new() { Outcome = WriteOutcome.Rejected, Reason = RejectReason.Overloaded },
            new() { Outcome = WriteOutcome.Indeterminate, Id = new LogId(new Term(4), new LogIndex(5)) },
        ];
        foreach (ProposalCompletion ending in endings)
        {
            _group.NextInstead = ending;
            KeyValueWriteResult result = await _store.PutAsync(Bytes("k"), Bytes("v"));
            Assert.Equal((ending.Outcome, ending.Reason, ending.Leader, ending.Id),
                (result.Outcome, result.Reason, result.Leader, result.Id));
            Assert.Empty(result.Operations);
            Assert.Equal(-1, result.FailedAt);
        }

        Assert.False((await _store.GetAsync(Bytes("k"))).Found);
    }

    [Fact]
    public async Task An_indeterminate_write_that_was_committed_is_settled_by_a_retry_and_done_once()
    {
        ClientSession session = await _store.OpenSessionAsync();
        RequestId request = session.Next();
        _group.CommitsWhatItLoses = true;
        _group.NextInstead = new ProposalCompletion { Outcome = WriteOutcome.Indeterminate };
        Assert.Equal(WriteOutcome.Indeterminate, (await _store.AppendAsync(Bytes("k"), Bytes("x"), request)).Outcome);

        KeyValueWriteResult settled = await _store.AppendAsync(Bytes("k"), Bytes("x"), request);
        session.Complete(request);
        Assert.Equal((WriteOutcome.Committed, 2L), (settled.Outcome, settled.Id.Index.Value));
        Assert.Equal("x", Text((await _store.GetAsync(Bytes("k"))).Value));
    }

    [Fact]
    public async Task Session_errors_are_rejections_with_their_reason()
    {
        ClientSession session = await _store.OpenSessionAsync(TimeSpan.FromSeconds(5));
        RequestId request = session.Next();
        await _store.PutAsync(Bytes("k"), Bytes("a"), request);
        async Task<(WriteOutcome, RejectReason)> Put(string value, RequestId id)
        {
            KeyValueWriteResult result = await _store.PutAsync(Bytes("k"), Bytes(value), id);
            return (result.Outcome, result.Reason);
        }

        Assert.Equal((WriteOutcome.Rejected, RejectReason.SequenceReused), await Put("b", request));
        Assert.Equal((WriteOutcome.Rejected, RejectReason.SequenceOutOfWindow),
            await Put("b", new RequestId(session.Id, 5_000, 1)));
        _group.NowMilliseconds += 5_001;
        Assert.Equal((WriteOutcome.Rejected, RejectReason.SessionExpired), await Put("a", request));
        Assert.False(await _store.CloseSessionAsync(session));
        Assert.True(await _store.CloseSessionAsync(await _store.OpenSessionAsync()));
        Assert.Equal("a", Text((await _store.GetAsync(Bytes("k"))).Value));
    }

    [Fact]
    public async Task A_session_that_can_not_be_opened_is_an_error_that_says_why()
    {
        _group.NextInstead =
            new ProposalCompletion { Outcome = WriteOutcome.Rejected, Reason = RejectReason.NoQuorum,
            Leader = new NodeId(2) };
        var e = await Assert.ThrowsAsync<SessionRefusedException>(async () => await _store.OpenSessionAsync());
        Assert.Equal((RejectReason.NoQuorum, new NodeId(2), true), (e.Reason, e.Leader, e.IsSafeToRetry));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            async () => await _store.OpenSessionAsync(TimeSpan.FromMilliseconds(999)));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            async () => await _store.OpenSessionAsync(TimeSpan.FromDays(366)));
    }

    [Fact]
    public async Task What_is_too_large_is_refused_before_anything_happens_and_names_limit_and_value()
    {
        KeyValueStore store = Open(
            new KeyValueLimits { KeyBytesMax = 4, ValueBytesMax = 8, BatchBytesMax = 1024, BatchOperationsMax = 100 });
        async Task Refused(string expected, Func<ValueTask> call)
        {
            var e = await Assert.ThrowsAnyAsync<ArgumentException>(async () => await call());
            Assert.Contains(expected, e.Message, StringComparison.Ordinal);
        }

        KeyValueBatch Puts(int count, int key, int value)
        {
            var batch = new KeyValueBatch();
            for (int i = 0; i < count; i++)
            {
                batch.Put(new byte[key], new byte[value]);
            }

            return batch;
        }

        await Refused("The key is empty", async () => await store.PutAsync(default, Bytes("v")));
        await Refused("The key is empty", async () => await store.GetAsync(default));
        await Refused("The key has 5 bytes; KeyBytesMax is 4", async () => await store.GetAsync(Bytes("abcde")));
        await Refused("The value has 9 bytes; ValueBytesMax is 8", async () =>
            await store.PutAsync(Bytes("k"), new byte[9]));
        await Refused("The value of operation 0 has 9 bytes", async () =>
            await store.CompareAndSetAsync(Bytes("k"), new byte[9], default));
        await Refused("101 operations; BatchOperationsMax is 100", async () => await store.WriteAsync(Puts(101, 1, 1)));
        await Refused("bytes encoded; BatchBytesMax is 1024", async () => await store.WriteAsync(Puts(80, 4, 8)));
        await Refused("no operation", async () => await store.WriteAsync(new KeyValueBatch()));
        await Refused("no request id", async () => await store.PutAsync(Bytes("k"), default, new RequestId(1, 0, 0)));
        await Refused("no request id", async () => await store.PutAsync(Bytes("k"), default, new RequestId(1, 2, 3)));
        await Refused("no request id", async () => await store.PutAsync(Bytes("k"), default, new RequestId(0, 2, 1)));
        Assert.Empty(_group.LastPayload);

        Assert.Equal(WriteOutcome.Committed, (await store.PutAsync(Bytes("four"), new byte[8])).Outcome);
        Assert.Equal(WriteOutcome.Committed, (await store.PutAsync(Bytes("k"), default)).Outcome);
        KeyValueWriteResult grown = await store.AppendAsync(Bytes("four"), new byte[1]);
        Assert.Equal((WriteOutcome.ConditionFailed, KeyValueFailure.ValueTooLarge, 0),
            (grown.Outcome, grown.Failure, grown.FailedAt));
    }

    [Theory]
    [InlineData(0, 8, 1024, 1, "KeyBytesMax is 0")]
    [InlineData(65_537, 8, 1024, 1, "KeyBytesMax is 65537")]
    [InlineData(4, 0, 1024, 1, "ValueBytesMax is 0")]
    [InlineData(4, (2 << 20) + 1, 1024, 1, "ValueBytesMax is 2097153")]
    [InlineData(4, 8, 1023, 1, "BatchBytesMax is 1023")]
    [InlineData(4, 8, (3 << 20) + 1, 1, "BatchBytesMax is 3145729")]
    [InlineData(4, 8, 1024, 0, "BatchOperationsMax is 0")]
    public void A_limit_outside_its_bounds_is_refused_with_its_value(
        int key, int value, int batch, int operations, string expected)
    {
        var limits = new KeyValueLimits { KeyBytesMax = key, ValueBytesMax = value, BatchBytesMax = batch,
            BatchOperationsMax = operations };
        Assert.Contains(expected, Assert.Throws<ArgumentException>(() => Open(limits)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancelled_call_did_nothing()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await _store.PutAsync(Bytes("k"), Bytes("v"), default, cancelled.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await _store.GetAsync(Bytes("k"), default, cancelled.Token));
        Assert.Equal(0, _replica.AppliedId.Index.Value);
    }

    [Fact]
    public void Encoding_a_put_allocates_the_payload_and_nothing_else()
    {
        var operations = new[] { Put("user-000042", new string('v', 256)) };
        byte[] Encode() => Replication.Kv.Machine.KeyValueCommandCodec.ToPayload(
            Replication.StateMachines.CommandEnvelope.ForCommand(default), operations, 1 << 20, Buffer);
        byte[] payload = Encode();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
        {
            Encode();
        }

        long each = (GC.GetAllocatedBytesForCurrentThread() - before) / 100;
        Assert.InRange(each, payload.Length, payload.Length + 32);
    }

    private static Replication.Serialization.ExactBufferWriter Buffer { get; } = new();

    private KeyValueStore Open(KeyValueLimits limits) =>
        new(_group, _replica.Engine, limits, new NodeId(3), TimeSpan.FromHours(1));
}
