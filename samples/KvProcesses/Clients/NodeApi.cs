using Google.Protobuf;
using Replication.Grpc.Api.V1;
using Replication.Kv;
using Replication.Raft.Primitives;
using ReadLevel = Replication.Grpc.Api.V1.ReadLevel;

namespace KvProcesses.Clients;

/// <summary>Asks one node and no other, in the words of the public .proto. Callable from any thread.</summary>
/// <param name="nodeId">The node.</param>
/// <param name="address">Where it listens.</param>
/// <param name="group">The store.</param>
public sealed class NodeApi(int nodeId, Uri address, string group) : IDisposable
{
    private const string Service = "replication.v1.KeyValue/";
    private const int ScanItems = 1000;
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ScanTimeout = TimeSpan.FromSeconds(30);
    private readonly GrpcUnary _grpc = new(address, CallTimeout);

    /// <summary>Asks what the node is.</summary>
    /// <returns>Null if it can't be asked now.</returns>
    public async Task<NodeView?> TryViewAsync()
    {
        using CancellationTokenSource limit = new(CallTimeout);
        try
        {
            StatusResponse response = await _grpc
                .CallAsync(Service + "Status", new StatusRequest { Group = group }, StatusResponse.Parser,
                    limit.Token).ConfigureAwait(false);
            return response.Groups.Count == 1 ? ToView(response, response.Groups[0]) : null;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>Reads every key from this replica alone, at the level ConsistentPrefix.</summary>
    /// <returns>The keys in order.</returns>
    public async IAsyncEnumerable<KeyValueItem> ScanAsync()
    {
        ByteString from = ByteString.Empty;
        while (true)
        {
            using CancellationTokenSource limit = new(ScanTimeout);
            ScanRequest request =
                new() { Group = group, From = from, Limit = ScanItems, Level = ReadLevel.ConsistentPrefix };
            ScanResponse response = await _grpc
                .CallAsync(Service + "Scan", request, ScanResponse.Parser, limit.Token).ConfigureAwait(false);
            foreach (ScanItem item in response.Items)
            {
                yield return new KeyValueItem { Key = item.Key.Memory, Value = item.Value.Memory, Version =
                    new LogIndex(item.Version) };
            }

            if (!response.HasMore || response.Items.Count == 0)
            {
                yield break;
            }

            // The smallest key behind the last one.
            from = ByteString.CopyFrom([.. response.Items[^1].Key.Span, 0]);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _grpc.Dispose();

    private NodeView ToView(StatusResponse response, GroupStatus status) => new()
    {
        NodeId = nodeId,
        IsLeader = status.Role == GroupStatus.Types.Role.Leader,
        Leader = status.Leader?.NodeId ?? 0,
        Term = status.Term,
        CommitIndex = status.CommitIndex,
        AppliedIndex = status.Applied?.Index ?? 0,
        LastIndex = status.Last?.Index ?? 0,
        LogBytes = status.LogBytes,
        Fault = response.Fault,
    };
}
