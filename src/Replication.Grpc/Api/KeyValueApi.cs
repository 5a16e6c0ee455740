using Replication.Errors;
using Replication.Grpc.Api.V1;
using Replication.Grpc.Serving;
using Replication.Grpc.Wire;
using Replication.Kv;
using Replication.Raft.Primitives;
using Replication.Sessions;
using ReadLevel = Replication.Grpc.Api.V1.ReadLevel;
using RequestId = Replication.Grpc.Api.V1.RequestId;
using StoreOutcome = Replication.Primitives.WriteOutcome;

namespace Replication.Grpc.Api;

/// <summary>
/// Answers the calls of <c>replication.v1.KeyValue</c> with the stores of a host. Refuses until it has one.
/// </summary>
internal sealed class KeyValueApi(NodeId self, NodeAddresses addresses)
{
    private const int ScanLimitDefault = 1000;

    // Below stock gRPC's limit of 4 MiB for a whole answer, the largest value (2 MiB) and key included.
    private const int ScanBytesMax = 3 << 20;

    /// <summary>Gets or sets the host; null while the node starts.</summary>
    public IServedHost? Host { get; set; }

    public void AddTo(ServiceTable services)
    {
        services.Add(KeyValueMethods.Get, GetAsync);
        services.Add(KeyValueMethods.Scan, ScanAsync);
        services.Add(KeyValueMethods.Put, (r, c) =>
            WriteAsync(r.Group, new KeyValueBatch().Put(r.Key.Memory, r.Value.Memory), r.Request, false, c));
        services.Add(KeyValueMethods.Delete, (r, c) =>
            WriteAsync(r.Group, new KeyValueBatch().Delete(r.Key.Memory), r.Request, false, c));
        services.Add(KeyValueMethods.Append, (r, c) =>
            WriteAsync(r.Group, new KeyValueBatch().Append(r.Key.Memory, r.Suffix.Memory), r.Request, false, c));
        services.Add(KeyValueMethods.CompareAndSet, CompareAndSetAsync);
        services.Add(KeyValueMethods.Batch, BatchAsync);
        services.Add(KeyValueMethods.OpenSession, OpenSessionAsync);
        services.Add(KeyValueMethods.CloseSession, CloseSessionAsync);
        services.Add(KeyValueMethods.Status, (request, _) => new(StatusOf(request)));
    }

    private async ValueTask<GetResponse> GetAsync(GetRequest request, ServerCallContext context)
    {
        IServedStore store = StoreOf(request.Group);
        ReadConsistency consistency = ConsistencyOf(request.Level, request.Group);
        try
        {
            KeyValueReadResult result = await store.GetAsync(request.Key.Memory, consistency, context.CancellationToken)
                .ConfigureAwait(false);
            return new GetResponse
            {
                Header = HeaderOf(request.Group, result.AppliedId, (ReadLevel)result.Level, default),
                Found = result.Found,
                Value = ApiConversions.Wrap(result.Value),
                Version = result.Version.Value,
            };
        }
        catch (Exception e) when (Explain(e, request.Group, WriteOutcome.Unspecified) is { } explained)
        {
            throw explained;
        }
    }

    private async ValueTask<ScanResponse> ScanAsync(ScanRequest request, ServerCallContext context)
    {
        IServedStore store = StoreOf(request.Group);
        ReadConsistency consistency = ConsistencyOf(request.Level, request.Group);
        int limit = request.Limit > 0 ? request.Limit : ScanLimitDefault;
        try
        {
            LogId applied = Host!.StatusOf(request.Group).AppliedId;
            IReadOnlyList<KeyValueItem> items = await store
                .ScanAsync(request.From.Memory, request.To.Memory, limit, consistency, context.CancellationToken)
                .ConfigureAwait(false);
            ScanResponse response = new() { Header = HeaderOf(request.Group, applied, request.Level, default) };
            response.HasMore = AddItems(response, items) || items.Count == limit;
            return response;
        }
        catch (Exception e) when (Explain(e, request.Group, WriteOutcome.Unspecified) is { } explained)
        {
            throw explained;
        }
    }

    private static bool AddItems(ScanResponse response, IReadOnlyList<KeyValueItem> items)
    {
        long bytes = 0;
        foreach (KeyValueItem item in items)
        {
            bytes += item.Key.Length + item.Value.Length + 32;
            if (bytes > ScanBytesMax && response.Items.Count > 0)
            {
                return true;
            }

            response.Items.Add(new ScanItem
            {
                Key = ApiConversions.Wrap(item.Key),
                Value = ApiConversions.Wrap(item.Value),
                Version = item.Version.Value,
            });
        }

        return false;
    }

    private ValueTask<WriteResponse> CompareAndSetAsync(CompareAndSetRequest request, ServerCallContext context)
    {
        // A plain null in the conditional would turn into empty memory, by way of byte[]: empty is not absent.
        ReadOnlyMemory<byte>? expected = request.HasExpected ? request.Expected.Memory : (ReadOnlyMemory<byte>?)null;
        KeyValueBatch batch = new KeyValueBatch()
            .RequireValue(request.Key.Memory, expected)
            .Put(request.Key.Memory, request.Value.Memory);
        return WriteAsync(request.Group, batch, request.Request, false, context);
    }

    private ValueTask<WriteResponse> BatchAsync(BatchRequest request, ServerCallContext context)
    {
        KeyValueBatch batch = new();
        foreach (Operation operation in request.Operations)
        {
            if (!operation.TryAddTo(batch))
            {
                throw Error(
                    request.Group,
                    RejectReason.InvalidArgument,
                    WriteOutcome.Rejected,
                    $"Operation {batch.Operations.Count} has kind {(int)operation.Kind}, unknown to this node.");
            }
        }

        return WriteAsync(request.Group, batch, request.Request, true, context);
    }

    private async ValueTask<WriteResponse> WriteAsync(
        string group, KeyValueBatch batch, RequestId? request, bool withResults, ServerCallContext context)
    {
        IServedStore store = StoreOf(group, WriteOutcome.Rejected);
        try
        {
            KeyValueWriteResult result = await store.WriteAsync(batch, request.ToStore(), context.CancellationToken)
                .ConfigureAwait(false);
            ThrowIfUndecided(group, result);
            WriteResponse response = new()
            {
                Header = HeaderOf(group, Host!.StatusOf(group).AppliedId, ReadLevel.Linearizable, result.Leader),
                Outcome = (WriteOutcome)result.Outcome,
                Position = result.Id.ToApi(),
                FailedAt = Math.Max(result.FailedAt, 0),
                Failure = (WriteFailure)result.Failure,
            };
            if (withResults && result.Operations is { } operations)
            {
                foreach (KeyValueOperationResult operation in operations)
                {
                    response.Results.Add(operation.ToApi());
                }
            }

            return response;
        }
        catch (Exception e) when (Explain(e, group, WriteOutcome.Rejected) is { } explained)
        {
            throw explained;
        }
    }

    private async ValueTask<OpenSessionResponse> OpenSessionAsync(OpenSessionRequest request, ServerCallContext context)
    {
        IServedStore store = StoreOf(request.Group, WriteOutcome.Rejected);
        try
        {
            TimeSpan? timeout = request.TimeoutMs == 0 ? null : TimeSpan.FromMilliseconds(request.TimeoutMs);
            ClientSession session =
                await store.OpenSessionAsync(timeout, context.CancellationToken).ConfigureAwait(false);
            return new OpenSessionResponse
            {
                Header = HeaderOf(request.Group, Host!.StatusOf(request.Group).AppliedId, ReadLevel.Linearizable,
                    default),
                SessionId = session.Id,
                TimeoutMs = (long)session.Timeout.TotalMilliseconds,
            };
        }
        catch (Exception e) when (Explain(e, request.Group, WriteOutcome.Rejected) is { } explained)
        {
            throw explained;
        }
    }

    private async ValueTask<CloseSessionResponse> CloseSessionAsync(
        CloseSessionRequest request, ServerCallContext context)
    {
        IServedStore store = StoreOf(request.Group);
        try
        {
            // Only the id counts for closing.
            ClientSession session = new(request.SessionId, TimeSpan.Zero);
            bool isClosed = await store.CloseSessionAsync(session, context.CancellationToken).ConfigureAwait(false);
            return new CloseSessionResponse
            {
                Header = HeaderOf(request.Group, Host!.StatusOf(request.Group).AppliedId, ReadLevel.Linearizable,
                    default),
                Closed = isClosed,
            };
        }
        catch (Exception e) when (Explain(e, request.Group, WriteOutcome.Unspecified) is { } explained)
        {
            throw explained;
        }
    }

    private StatusResponse StatusOf(StatusRequest request)
    {
        IServedHost host = Host ?? throw Error(
            request.Group, RejectReason.Starting, WriteOutcome.Unspecified, $"Node {self} is starting.");
        StatusResponse response = new() { NodeId = self.Value, Fault = host.Fault?.Message ?? "" };
        foreach (string group in host.Groups)
        {
            if (request.Group.Length == 0 || request.Group == group)
            {
                Replication.Groups.GroupStatus status = host.StatusOf(group);
                response.Groups.Add(status.ToApi(addresses.Find(status.Raft.Leader)));
            }
        }

        if (request.Group.Length > 0 && response.Groups.Count == 0)
        {
            throw UnknownGroup(request.Group, WriteOutcome.Unspecified);
        }

        response.Members.AddRange(addresses.All);
        return response;
    }

    private void ThrowIfUndecided(string group, in KeyValueWriteResult result)
    {
        if (result.Outcome is StoreOutcome.Committed or StoreOutcome.ConditionFailed)
        {
            return;
        }

        ReplicationError error = new()
        {
            Group = group,
            NodeId = self.Value,
            Outcome = (WriteOutcome)result.Outcome,
            Reason = (RejectReason)result.Reason,
            Leader = addresses.Find(result.Leader),
            Position = result.Id.ToApi(),
        };
        throw ErrorDetails.ToException(error, result.Outcome == StoreOutcome.Rejected
            ? $"The write was rejected by node {self}: {result.Reason}{LeaderText(error.Leader)}. "
                + "This call did nothing."
            : $"The outcome of the write is unknown{(result.Id == default ? "" : $"; it may stand at {result.Id}")}.");
    }

    private IServedStore StoreOf(string group, WriteOutcome outcome = WriteOutcome.Unspecified)
    {
        IServedHost host = Host ?? throw Error(group, RejectReason.Starting, outcome, $"Node {self} is starting.");
        return host.FindStore(group) ?? throw UnknownGroup(group, outcome);
    }

    private ReadConsistency ConsistencyOf(ReadLevel level, string group) => level.ToStore() ?? throw Error(
        group, RejectReason.InvalidArgument, WriteOutcome.Unspecified,
            $"Read level {(int)level} isn't known to this node.");

    private ResponseHeader HeaderOf(string group, LogId applied, ReadLevel level, NodeId leader) => new()
    {
        Group = group,
        Applied = applied.ToApi(),
        NodeId = self.Value,
        Level = level,
        Leader = leader == self ? null : addresses.Find(leader),
    };

    /// <summary>Turns what a store throws into a status; null for what is none of its own.</summary>
    private RpcException? Explain(Exception error, string group, WriteOutcome outcome) => error switch
    {
        RpcException => null,
        QuorumUnavailableException e => ErrorDetails.ToException(
            new ReplicationError
            {
                Group = group,
                NodeId = self.Value,
                Reason = (RejectReason)e.Reason,
                Outcome = outcome,
                Leader = addresses.Find(e.Leader),
            },
            e.Message,
            e),
        SessionRefusedException e => ErrorDetails.ToException(
            new ReplicationError
            {
                Group = group,
                NodeId = self.Value,
                Reason = (RejectReason)e.Reason,
                Outcome = outcome,
                Leader = addresses.Find(e.Leader),
            },
            e.Message,
            e),
        StorageFailedException or StorageCorruptedException =>
            Error(group, RejectReason.NodeFailed, outcome, error.Message),
        ObjectDisposedException => Error(group, RejectReason.Stopping, outcome, $"Node {self} is stopping."),
        ArgumentException => Error(group, RejectReason.InvalidArgument, outcome, error.Message),
        _ => null,
    };

    private RpcException UnknownGroup(string group, WriteOutcome outcome) =>
        Error(group, RejectReason.UnknownGroup, outcome, $"Node {self} has no key-value store '{group}'.");

    private RpcException Error(string group, RejectReason reason, WriteOutcome outcome, string message) =>
        ErrorDetails.ToException(
            new ReplicationError { Group = group, NodeId = self.Value, Reason = reason, Outcome = outcome }, message);

    private static string LeaderText(NodeHint? leader) =>
        leader is null ? "" : $"; node {leader.NodeId} at {leader.Address} leads";
}
