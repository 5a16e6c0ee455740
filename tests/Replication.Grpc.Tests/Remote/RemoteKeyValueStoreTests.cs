using System.Text;
using Replication.Errors;
using Replication.Grpc.Tests.Api;
using Replication.Grpc.Tests.Calls;
using Replication.Grpc.Tests.Peers;
using Replication.Kv;
using Replication.Primitives;
using Replication.Raft.Primitives;
using Replication.Sessions;
using Replication.Storage.Identity;

namespace Replication.Grpc.Tests.Remote;

public class RemoteKeyValueStoreTests
{
    private static readonly RequestId FirstOfSession = new(42, 1, 1);
    private readonly ClusterMember[] _members = TestNode.Members(3);

    [Fact]
    public async Task Every_call_of_the_store_works_from_afar()
    {
        await using ServedNode node = await new ServedNode(1, _members).StartAsync();
        using ReplicationClient client = Client(1);
        RemoteKeyValueStore store = client.KeyValueStore("orders");

        KeyValueWriteResult put = await store.PutAsync(Bytes("k"), Bytes("v"));
        Assert.Equal((WriteOutcome.Committed, 1), (put.Outcome, put.Leader.Value));
        await store.AppendAsync(Bytes("k"), Bytes("w"));
        KeyValueReadResult read = await store.GetAsync(Bytes("k"), ReadConsistency.ConsistentPrefix);
        Assert.Equal(("vw", true), (Encoding.UTF8.GetString(read.Value.Span), read.Found));
        Assert.Equal((ReadLevel.ConsistentPrefix, 1, 102L), (read.Level, read.Node.Value, read.Version.Value));
        Assert.Equal(WriteOutcome.ConditionFailed,
            (await store.CompareAndSetAsync(Bytes("k"), null, Bytes("x"))).Outcome);
        Assert.Equal(WriteOutcome.Committed,
            (await store.CompareAndSetAsync(Bytes("k"), Bytes("vw"), Bytes("x"))).Outcome);
        KeyValueBatch batch =
            new KeyValueBatch().Get(Bytes("k")).RequireVersion(Bytes("k"), new LogIndex(104)).Put(Bytes("l"),
            Bytes("y"));
        KeyValueWriteResult written = await store.WriteAsync(batch);
        Assert.Equal("x", Encoding.UTF8.GetString(written.Operations[0].Value.Span));
        Assert.Equal(-1, written.FailedAt);
        Assert.Equal(2, (await store.ScanAsync(default, default, 10)).Count);
        await store.DeleteAsync(Bytes("k"));
        Assert.False((await store.GetAsync(Bytes("k"))).Found);
        ClientSession session = await store.OpenSessionAsync();
        Assert.Equal(42, session.Id);
        Assert.True(await store.CloseSessionAsync(session));
    }

    [Fact]
    public async Task The_leader_is_found_by_the_hint_of_a_follower_and_kept()
    {
        await using ServedNode leader = await new ServedNode(3, _members, leader: 3).StartAsync();
        await using ServedNode follower = await new ServedNode(2, _members, leader: 3).StartAsync();
        int asked = 0;
        follower.Host.OnWrite = () =>
        {
            asked++;
            return MemoryHost.Rejected(RejectReason.NotLeader, leader: 3);
        };
        using ReplicationClient client = Client(2);
        RemoteKeyValueStore store = client.KeyValueStore("orders");
        for (int i = 0; i < 5; i++)
        {
            Assert.Equal(WriteOutcome.Committed, (await store.PutAsync(Bytes("k"), Bytes("v"))).Outcome);
        }

        Assert.Equal((1, 5), (asked, leader.Host.Executed));
    }

    [Fact]
    public async Task An_answer_that_names_another_leader_moves_the_client_there()
    {
        await using ServedNode leader = await new ServedNode(3, _members, leader: 3).StartAsync();
        await using ServedNode follower = await new ServedNode(2, _members, leader: 3).StartAsync();
        using ReplicationClient client = Client(2);
        await client.KeyValueStore("orders").PutAsync(Bytes("k"), Bytes("v"));
        await client.KeyValueStore("orders").PutAsync(Bytes("k"), Bytes("v"));
        Assert.Equal((1, 1), (follower.Host.Executed, leader.Host.Executed));
    }

    [Fact]
    public async Task A_dead_node_is_passed_over()
    {
        await using ServedNode alive = await new ServedNode(2, _members, leader: 2).StartAsync();
        using ReplicationClient client = Client(1, 3, 2);
        Assert.Equal(WriteOutcome.Committed,
            (await client.KeyValueStore("orders").PutAsync(Bytes("k"), Bytes("v"))).Outcome);
        Assert.Equal(2, (await client.KeyValueStore("orders").GetAsync(Bytes("k"))).Node.Value);
    }

    [Fact]
    public async Task A_write_whose_answer_is_lost_is_indeterminate_and_never_sent_again_without_a_session()
    {
        await using ServedNode dying = await new ServedNode(1, _members).StartAsync();
        await using ServedNode other = await new ServedNode(2, _members, leader: 2).StartAsync();
        dying.Host.AfterWrite = async _ => await dying.Transport.DisposeAsync();
        using ReplicationClient client = Client(1, 2);

        KeyValueWriteResult result =
            await client.KeyValueStore("orders").CompareAndSetAsync(Bytes("k"), null, Bytes("v"));
        Assert.Equal(WriteOutcome.Indeterminate, result.Outcome);
        Assert.Equal((1, 0), (dying.Host.Executed, other.Host.Executed));
    }

    [Fact]
    public async Task A_write_whose_answer_is_lost_is_sent_again_with_its_session_and_executed_once()
    {
        await using ServedNode node = await new ServedNode(1, _members).StartAsync();
        int answers = 0;
        PassingPauses time = new();
        node.Host.AfterWrite = token =>
        {
            if (answers++ > 0)
            {
                return Task.CompletedTask;
            }

            time.Advance(TimeSpan.FromSeconds(10));
            return Task.Delay(Timeout.Infinite, token);
        };
        using ReplicationClient client = Client(o => o.AttemptTimeout = TimeSpan.FromSeconds(10), time, 1);

        KeyValueWriteResult result =
            await client.KeyValueStore("orders").AppendAsync(Bytes("k"), Bytes("v"), FirstOfSession);
        Assert.Equal(WriteOutcome.Committed, result.Outcome);
        Assert.Equal(1, node.Host.Executed);
    }

    [Fact]
    public async Task A_rejection_after_an_unknown_attempt_stays_indeterminate()
    {
        await using ServedNode node = await new ServedNode(1, _members).StartAsync();
        int attempt = 0;
        node.Host.OnWrite = () => attempt++ == 0
            ? new KeyValueWriteResult { Outcome = WriteOutcome.Indeterminate }
            : MemoryHost.Rejected(RejectReason.SessionExpired, leader: 1);
        using ReplicationClient client = Client(1);

        KeyValueWriteResult result =
            await client.KeyValueStore("orders").PutAsync(Bytes("k"), Bytes("v"), FirstOfSession);
        Assert.Equal(WriteOutcome.Indeterminate, result.Outcome);
        Assert.Equal(2, attempt);
    }

    [Fact]
    public async Task An_indeterminate_write_without_a_session_is_returned_as_such_at_once()
    {
        await using ServedNode node = await new ServedNode(1, _members).StartAsync();
        int attempt = 0;
        node.Host.OnWrite = () =>
        {
            attempt++;
            return new KeyValueWriteResult
            {
                Outcome = WriteOutcome.Indeterminate, Id = new LogId(new Term(4), new LogIndex(7)),
            };
        };
        using ReplicationClient client = Client(1);
        KeyValueWriteResult result = await client.KeyValueStore("orders").PutAsync(Bytes("k"), Bytes("v"));
        Assert.Equal((WriteOutcome.Indeterminate, 7L, 1), (result.Outcome, result.Id.Index.Value, attempt));
    }

    [Fact]
    public async Task Passing_rejections_are_retried_until_the_time_is_up_and_then_told()
    {
        await using ServedNode node = await new ServedNode(1, _members).StartAsync();
        int attempt = 0;
        node.Host.OnWrite = () =>
            attempt++ < 3 ? MemoryHost.Rejected(RejectReason.TransferInProgress, leader: 0) : null;
        using ReplicationClient client = Client(1);
        Assert.Equal(WriteOutcome.Committed,
            (await client.KeyValueStore("orders").PutAsync(Bytes("k"), Bytes("v"))).Outcome);

        node.Host.OnWrite = () => MemoryHost.Rejected(RejectReason.NoQuorum, leader: 0);
        using ReplicationClient hasty = Client(o => o.CallTimeout = TimeSpan.FromSeconds(2), new PassingPauses(), 1);
        KeyValueWriteResult result = await hasty.KeyValueStore("orders").PutAsync(Bytes("k"), Bytes("v"));
        Assert.Equal((WriteOutcome.Rejected, RejectReason.NoQuorum), (result.Outcome, result.Reason));
        Assert.Equal(1, node.Host.Executed);
    }

    [Theory]
    [InlineData(RejectReason.DiskFull)]
    [InlineData(RejectReason.LogFull)]
    [InlineData(RejectReason.SessionExpired)]
    [InlineData(RejectReason.SequenceReused)]
    [InlineData(RejectReason.SequenceOutOfWindow)]
    public async Task Lasting_rejections_are_told_at_once(RejectReason reason)
    {
        await using ServedNode node = await new ServedNode(1, _members).StartAsync();
        int attempt = 0;
        node.Host.OnWrite = () =>
        {
            attempt++;
            return MemoryHost.Rejected(reason, leader: 1);
        };
        using ReplicationClient client = Client(1);
        KeyValueWriteResult result =
            await client.KeyValueStore("orders").PutAsync(Bytes("k"), Bytes("v"), FirstOfSession);
        Assert.Equal((WriteOutcome.Rejected, reason, 1), (result.Outcome, result.Reason, attempt));
    }

    [Fact]
    public async Task No_node_at_all_rejects_writes_and_fails_reads()
    {
        PassingPauses time = new();
        long began = time.GetTimestamp();
        using ReplicationClient client = Client(o => o.CallTimeout = TimeSpan.FromSeconds(2), time, 1, 2, 3);
        RemoteKeyValueStore store = client.KeyValueStore("orders");
        KeyValueWriteResult result = await store.PutAsync(Bytes("k"), Bytes("v"));
        Assert.Equal((WriteOutcome.Rejected, RejectReason.NoQuorum), (result.Outcome, result.Reason));
        Assert.InRange(time.GetElapsedTime(began), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(2.2));
        QuorumUnavailableException e =
            await Assert.ThrowsAsync<QuorumUnavailableException>(() => store.GetAsync(Bytes("k")).AsTask());
        Assert.True(e.IsSafeToRetry);
    }

    [Fact]
    public async Task Cancelling_before_the_call_throws_and_during_a_write_is_indeterminate()
    {
        await using ServedNode node = await new ServedNode(1, _members).StartAsync();
        using CancellationTokenSource source = new();
        TaskCompletionSource executed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        node.Host.AfterWrite = async token =>
        {
            executed.TrySetResult();
            await Task.Delay(Timeout.Infinite, token);
        };
        using ReplicationClient client = Client(1);
        RemoteKeyValueStore store = client.KeyValueStore("orders");
        Task<KeyValueWriteResult> write = store.PutAsync(Bytes("k"), Bytes("v"), default, source.Token).AsTask();
        await executed.Task;
        await source.CancelAsync();
        Assert.Equal(WriteOutcome.Indeterminate, (await write).Outcome);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            store.PutAsync(Bytes("k"), Bytes("v"), default, source.Token).AsTask());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            store.GetAsync(Bytes("k"), default, source.Token).AsTask());
        Assert.Equal(1, node.Host.Executed);
    }

    [Fact]
    public async Task A_callers_mistake_is_an_argument_exception()
    {
        await using ServedNode node = await new ServedNode(1, _members).StartAsync();
        using ReplicationClient client = Client(1);
        await Assert.ThrowsAsync<ArgumentException>(() =>
            client.KeyValueStore("orders").PutAsync(default, Bytes("v")).AsTask());
        await Assert.ThrowsAsync<ArgumentException>(() => client.KeyValueStore("nope").GetAsync(Bytes("k")).AsTask());
        await Assert.ThrowsAsync<ReplicationException>(
            () => client.KeyValueStore("orders").PutAsync(Bytes("k"), new byte[5 << 20]).AsTask());
    }

    [Fact]
    public async Task A_session_is_opened_with_the_timeout_that_was_asked_for_or_not_at_all()
    {
        await using ServedNode node = await new ServedNode(1, _members).StartAsync();
        using ReplicationClient client = Client(1);
        RemoteKeyValueStore store = client.KeyValueStore("orders");
        Assert.Equal(TimeSpan.FromHours(1), (await store.OpenSessionAsync()).Timeout);
        Assert.Equal(TimeSpan.FromSeconds(7), (await store.OpenSessionAsync(TimeSpan.FromSeconds(7))).Timeout);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => store.OpenSessionAsync(TimeSpan.Zero).AsTask());
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            () => store.OpenSessionAsync(TimeSpan.FromMilliseconds(0.5)).AsTask());
    }

    [Fact]
    public async Task Options_that_change_after_the_client_was_made_have_no_effect()
    {
        await using ServedNode leader = await new ServedNode(3, _members, leader: 3).StartAsync();
        await using ServedNode follower = await new ServedNode(2, _members, leader: 3).StartAsync();
        follower.Host.OnWrite = () => MemoryHost.Rejected(RejectReason.NotLeader, leader: 3);
        ReplicationClientOptions? kept = null;
        using ReplicationClient client = Client(o => kept = o, 2);
        kept!.ConnectionsPerNode = 0;
        kept.Endpoints.Clear();

        // The leader becomes known only now.
        Assert.Equal(WriteOutcome.Committed,
            (await client.KeyValueStore("orders").PutAsync(Bytes("k"), Bytes("v"))).Outcome);
        Assert.Equal(1, leader.Host.Executed);
    }

    [Fact]
    public void Options_of_the_client_are_checked_with_setting_and_value()
    {
        Refused(o => o.Endpoints.Clear(), "Endpoints is empty");
        Refused(o => o.Endpoints.Add(new Uri("http://10.1.2.3:5")), "http://10.1.2.3:5/");
        Refused(o => o.Endpoints.Add(new Uri("ftp://127.0.0.1:5")), "ftp://127.0.0.1:5/");
        Refused(o => o.CallTimeout = TimeSpan.Zero, "CallTimeout is 0 ms");
        Refused(o => o.AttemptTimeout = TimeSpan.FromHours(1), "AttemptTimeout is 3600000 ms");
        Refused(o => o.ConnectTimeout = TimeSpan.FromHours(1), "ConnectTimeout is 3600000 ms");
        Refused(o => o.ConnectionsPerNode = 65, "ConnectionsPerNode is 65");

        static void Refused(Action<ReplicationClientOptions> change, string message)
        {
            ReplicationClientOptions options =
                new() { Endpoints = { new Uri($"http://127.0.0.1:{CallTests.FreePort()}") } };
            change(options);
            Assert.Contains(message, Assert.Throws<ArgumentException>(() => new ReplicationClient(options)).Message,
                StringComparison.Ordinal);
        }
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private ReplicationClient Client(params int[] nodes) => Client(_ => { }, nodes);

    private ReplicationClient Client(Action<ReplicationClientOptions> configure, params int[] nodes) =>
        Client(configure, TimeProvider.System, nodes);

    private ReplicationClient Client(
        Action<ReplicationClientOptions> configure, TimeProvider time, params int[] nodes)
    {
        ReplicationClientOptions options = new()
        {
            CallTimeout = TimeSpan.FromSeconds(30),
            AttemptTimeout = TimeSpan.FromSeconds(20),
        };
        foreach (int node in nodes)
        {
            options.Endpoints.Add(_members[node - 1].Address);
        }

        configure(options);
        return new ReplicationClient(options, time: time);
    }
}
