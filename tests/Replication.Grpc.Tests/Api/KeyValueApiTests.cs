using Google.Protobuf;
using Replication.Errors;
using Replication.Grpc.Api;
using Replication.Grpc.Api.V1;
using Replication.Grpc.Calls;
using Replication.Grpc.Tests.Peers;
using Replication.Grpc.Wire;
using Replication.Kv;
using Replication.Raft.Primitives;
using Replication.Storage.Identity;
using ReadLevel = Replication.Grpc.Api.V1.ReadLevel;
using StoreReason = Replication.Primitives.RejectReason;
using WireOutcome = Replication.Grpc.Api.V1.WriteOutcome;
using WireReason = Replication.Grpc.Api.V1.RejectReason;

namespace Replication.Grpc.Tests.Api;

public class KeyValueApiTests
{
    private readonly ClusterMember[] _members = TestNode.Members(3);

    [Fact]
    public async Task Every_operation_reaches_the_store_and_answers_with_what_was_served()
    {
        await using ServedNode node = await new ServedNode(1, _members).StartAsync();
        WriteResponse put =
            await CallAsync(node, KeyValueMethods.Put,
            new PutRequest { Group = "orders", Key = Bytes("k"), Value = Bytes("v") });
        Assert.Equal(WireOutcome.Committed, put.Outcome);
        Assert.Equal(new LogPosition { Term = 4, Index = 101 }, put.Position);
        Assert.Equal(1, put.Header.NodeId);
        Assert.Null(put.Header.Leader);

        await CallAsync(node, KeyValueMethods.Append,
            new AppendRequest { Group = "orders", Key = Bytes("k"), Suffix = Bytes("w") });
        GetResponse get = await CallAsync(
            node, KeyValueMethods.Get,
                new GetRequest { Group = "orders", Key = Bytes("k"), Level = ReadLevel.ConsistentPrefix });
        Assert.True(get.Found);
        Assert.Equal("vw", get.Value.ToStringUtf8());
        Assert.Equal(102, get.Version);
        Assert.Equal(
            new ResponseHeader
            {
                Group = "orders", NodeId = 1, Level = ReadLevel.ConsistentPrefix,
                    Applied = new LogPosition { Term = 4, Index = 102 },
            },
            get.Header);

        CompareAndSetRequest swap =
            new() { Group = "orders", Key = Bytes("k"), Expected = Bytes("no"), Value = Bytes("x") };
        Assert.Equal(WireOutcome.ConditionFailed, (await CallAsync(node, KeyValueMethods.CompareAndSet, swap)).Outcome);
        swap.Expected = Bytes("vw");
        Assert.Equal(WireOutcome.Committed, (await CallAsync(node, KeyValueMethods.CompareAndSet, swap)).Outcome);
        swap.ClearExpected();
        Assert.Equal(WireOutcome.ConditionFailed, (await CallAsync(node, KeyValueMethods.CompareAndSet, swap)).Outcome);
        swap.Key = Bytes("absent");
        swap.Expected = ByteString.Empty;
        Assert.Equal(WireOutcome.ConditionFailed, (await CallAsync(node, KeyValueMethods.CompareAndSet, swap)).Outcome);
        swap.ClearExpected();
        Assert.Equal(WireOutcome.Committed, (await CallAsync(node, KeyValueMethods.CompareAndSet, swap)).Outcome);

        await CallAsync(node, KeyValueMethods.Delete, new DeleteRequest { Group = "orders", Key = Bytes("k") });
        Assert.False(
            (await CallAsync(node, KeyValueMethods.Get, new GetRequest { Group = "orders", Key = Bytes("k") })).Found);
        OpenSessionResponse session = await CallAsync(
            node, KeyValueMethods.OpenSession, new OpenSessionRequest { Group = "orders", TimeoutMs = 5000 });
        Assert.Equal((42, 5000), (session.SessionId, session.TimeoutMs));
        CloseSessionRequest close = new() { Group = "orders", SessionId = session.SessionId };
        Assert.True((await CallAsync(node, KeyValueMethods.CloseSession, close)).Closed);
        close.SessionId = 43;
        Assert.False((await CallAsync(node, KeyValueMethods.CloseSession, close)).Closed);
    }

    [Fact]
    public async Task A_batch_answers_for_each_operation_and_says_which_condition_failed()
    {
        await using ServedNode node = await new ServedNode(1, _members).StartAsync();
        BatchRequest batch = new()
        {
            Group = "orders",
            Operations =
            {
                new Operation { Kind = Operation.Types.Kind.RequireAbsent, Key = Bytes("a") },
                new Operation { Kind = Operation.Types.Kind.Put, Key = Bytes("a"), Value = Bytes("1") },
                new Operation { Kind = Operation.Types.Kind.Get, Key = Bytes("a") },
            },
        };
        WriteResponse response = await CallAsync(node, KeyValueMethods.Batch, batch);
        Assert.Equal(3, response.Results.Count);
        Assert.Equal("1", response.Results[2].Value.ToStringUtf8());

        batch.Operations.Insert(0, new Operation { Kind = Operation.Types.Kind.Get, Key = Bytes("b") });
        response = await CallAsync(node, KeyValueMethods.Batch, batch);
        Assert.Equal(WireOutcome.ConditionFailed, response.Outcome);
        Assert.Equal((1, WriteFailure.Condition), (response.FailedAt, response.Failure));
        Assert.Empty(response.Results);

        batch.Operations[0].Kind = (Operation.Types.Kind)99;
        (StatusCode code, ReplicationError error, _) = await FailAsync(node, KeyValueMethods.Batch, batch);
        Assert.Equal((StatusCode.InvalidArgument, WireReason.InvalidArgument), (code, error.Reason));
    }

    [Fact]
    public async Task A_scan_ends_below_the_size_of_a_message_and_says_that_there_is_more()
    {
        await using ServedNode node = await new ServedNode(1, _members).StartAsync();
        for (int i = 0; i < 6; i++)
        {
            ByteString value = UnsafeByteOperations.UnsafeWrap(new byte[1_000_000]);
            await CallAsync(node, KeyValueMethods.Put,
                new PutRequest { Group = "orders", Key = Bytes($"k{i}"), Value = value });
        }

        ScanResponse scan =
            await CallAsync(node, KeyValueMethods.Scan, new ScanRequest { Group = "orders", From = Bytes("k1") });
        Assert.Equal(["k1", "k2", "k3"], scan.Items.Select(i => i.Key.ToStringUtf8()));
        Assert.True(scan.HasMore);
        scan = await CallAsync(
            node, KeyValueMethods.Scan,
                new ScanRequest { Group = "orders", From = Bytes("k4"), To = Bytes("k5"), Limit = 10 });
        Assert.Equal("k4", Assert.Single(scan.Items).Key.ToStringUtf8());
        Assert.False(scan.HasMore);
    }

    [Theory]
    [InlineData(StoreReason.NotLeader, StatusCode.FailedPrecondition)]
    [InlineData(StoreReason.NoQuorum, StatusCode.Unavailable)]
    [InlineData(StoreReason.Overloaded, StatusCode.ResourceExhausted)]
    [InlineData(StoreReason.DiskFull, StatusCode.ResourceExhausted)]
    [InlineData(StoreReason.LogFull, StatusCode.ResourceExhausted)]
    [InlineData(StoreReason.Stopping, StatusCode.Unavailable)]
    [InlineData(StoreReason.SessionExpired, StatusCode.FailedPrecondition)]
    [InlineData(StoreReason.SequenceReused, StatusCode.InvalidArgument)]
    [InlineData(StoreReason.SequenceOutOfWindow, StatusCode.OutOfRange)]
    [InlineData(StoreReason.TransferInProgress, StatusCode.Unavailable)]
    [InlineData(StoreReason.SessionsFull, StatusCode.ResourceExhausted)]
    internal async Task A_rejected_write_is_a_status_that_says_why_and_who_leads(StoreReason reason,
        StatusCode expected)
    {
        await using ServedNode node = await new ServedNode(2, _members).StartAsync();
        node.Host.OnWrite = () => MemoryHost.Rejected(reason, leader: 3);
        (StatusCode code, ReplicationError error, string message) = await FailAsync(
            node, KeyValueMethods.Put, new PutRequest { Group = "orders", Key = Bytes("k") });

        Assert.Equal(expected, code);
        Assert.Equal(reason.ToString(), error.Reason.ToString());
        Assert.Equal(WireOutcome.Rejected, error.Outcome);
        Assert.Equal(new NodeHint { NodeId = 3, Address = $"http://127.0.0.1:{_members[2].Address.Port}" },
            error.Leader);
        Assert.Equal(2, error.NodeId);
        Assert.Contains("This call did nothing", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rejection_without_a_known_leader_is_unavailable()
    {
        await using ServedNode node = await new ServedNode(2, _members).StartAsync();
        node.Host.OnWrite = () => MemoryHost.Rejected(StoreReason.NotLeader, leader: 0);
        (StatusCode code, ReplicationError error, _) = await FailAsync(
            node, KeyValueMethods.Put, new PutRequest { Group = "orders", Key = Bytes("k") });
        Assert.Equal(StatusCode.Unavailable, code);
        Assert.Null(error.Leader);
    }

    [Fact]
    public async Task An_indeterminate_write_is_no_success_and_says_where_it_may_stand()
    {
        await using ServedNode node = await new ServedNode(1, _members).StartAsync();
        node.Host.OnWrite = () => new KeyValueWriteResult
        {
            Outcome = Primitives.WriteOutcome.Indeterminate, Id = new LogId(new Term(4), new LogIndex(9)),
        };
        (StatusCode code, ReplicationError error, _) = await FailAsync(
            node, KeyValueMethods.Put, new PutRequest { Group = "orders", Key = Bytes("k") });
        Assert.Equal((StatusCode.Unknown, WireOutcome.Indeterminate), (code, error.Outcome));
        Assert.Equal(new LogPosition { Term = 4, Index = 9 }, error.Position);
    }

    [Fact]
    public async Task Bad_input_is_refused_with_the_limit()
    {
        await using ServedNode node = await new ServedNode(1, _members).StartAsync();
        ByteString large = UnsafeByteOperations.UnsafeWrap(new byte[(1 << 20) + 1]);
        (StatusCode code, ReplicationError error, string message) = await FailAsync(
            node, KeyValueMethods.Put, new PutRequest { Group = "orders", Key = Bytes("k"), Value = large });
        Assert.Equal((StatusCode.InvalidArgument, WireOutcome.Rejected), (code, error.Outcome));
        Assert.Contains("1048576", message, StringComparison.Ordinal);

        (code, _, message) = await FailAsync(node, KeyValueMethods.Get, new GetRequest { Group = "orders" });
        Assert.Equal(StatusCode.InvalidArgument, code);
        Assert.Contains("4096", message, StringComparison.Ordinal);

        (code, error, _) =
            await FailAsync(node, KeyValueMethods.Get, new GetRequest { Group = "nope", Key = Bytes("k") });
        Assert.Equal((StatusCode.NotFound, WireReason.UnknownGroup), (code, error.Reason));
        (code, _, _) = await FailAsync(
            node, KeyValueMethods.Get, new GetRequest { Group = "orders", Key = Bytes("k"), Level = (ReadLevel)3 });
        Assert.Equal(StatusCode.InvalidArgument, code);
        Assert.Equal(0, node.Host.Executed);
    }

    [Fact]
    public async Task Reads_that_cannot_be_served_say_why()
    {
        await using ServedNode node = await new ServedNode(2, _members).StartAsync();
        GetRequest request = new() { Group = "orders", Key = Bytes("k") };
        node.Host.OnRead = () => new QuorumUnavailableException("no quorum", StoreReason.NoQuorum, new NodeId(3));
        (StatusCode code, ReplicationError error, _) = await FailAsync(node, KeyValueMethods.Get, request);
        Assert.Equal((StatusCode.Unavailable, WireReason.NoQuorum, 3), (code, error.Reason, error.Leader.NodeId));

        node.Host.OnRead = () => new StorageFailedException("the disk is gone");
        (code, error, string message) = await FailAsync(node, KeyValueMethods.Get, request);
        Assert.Equal((StatusCode.Unavailable, WireReason.NodeFailed), (code, error.Reason));
        Assert.Contains("the disk is gone", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_that_still_starts_is_unavailable_and_its_status_comes_with_its_host()
    {
        await using ServedNode node = await new ServedNode(1, _members).StartAsync(serve: false);
        (StatusCode code, ReplicationError error, _) = await FailAsync(
            node, KeyValueMethods.Put, new PutRequest { Group = "orders", Key = Bytes("k") });
        Assert.Equal((StatusCode.Unavailable, WireReason.Starting, WireOutcome.Rejected),
            (code, error.Reason, error.Outcome));

        node.Serve();
        StatusResponse status = await CallAsync(node, KeyValueMethods.Status, new StatusRequest());
        Assert.Equal(1, status.NodeId);
        Assert.Equal([1, 2, 3], status.Members.Select(m => m.NodeId));
        Replication.Grpc.Api.V1.GroupStatus group = Assert.Single(status.Groups);
        Assert.Equal(("orders", Replication.Grpc.Api.V1.GroupStatus.Types.Role.Leader, 4L),
            (group.Group, group.Role, group.Term));
        Assert.Equal(1, group.Leader.NodeId);
        (code, _, _) = await FailAsync(node, KeyValueMethods.Status, new StatusRequest { Group = "nope" });
        Assert.Equal(StatusCode.NotFound, code);
    }

    [Fact]
    public void The_numbers_of_store_and_wire_are_equal()
    {
        Same<Primitives.WriteOutcome, WireOutcome>();
        Same<StoreReason, WireReason>();
        Same<KeyValueFailure, WriteFailure>();
        Same<Kv.ReadLevel, ReadLevel>();
        Same<KeyValueOperationKind, Operation.Types.Kind>();

        static void Same<TStore, TWire>()
            where TStore : struct, Enum
            where TWire : struct, Enum
        {
            foreach (TStore value in Enum.GetValues<TStore>())
            {
                TWire wire = Enum.Parse<TWire>(value.ToString());
                Assert.Equal(
                    Convert.ToInt32(value, System.Globalization.CultureInfo.InvariantCulture),
                    Convert.ToInt32(wire, System.Globalization.CultureInfo.InvariantCulture));
            }
        }
    }

    private static ByteString Bytes(string text) => ByteString.CopyFromUtf8(text);

    private static Task<TResponse> CallAsync<TRequest, TResponse>(
        ServedNode node, Method<TRequest, TResponse> method, TRequest request) =>
        node.Channel.UnaryAsync(method, request, new CallOptions(TimeSpan.FromSeconds(30)));

    private static async Task<(StatusCode Code, ReplicationError Error, string Message)> FailAsync<TRequest, TResponse>(
        ServedNode node, Method<TRequest, TResponse> method, TRequest request)
    {
        RpcException e = await Assert.ThrowsAsync<RpcException>(() => CallAsync(node, method, request));
        return (e.StatusCode, Assert.IsType<ReplicationError>(ErrorDetails.Find(e)), e.Status.Detail);
    }
}
