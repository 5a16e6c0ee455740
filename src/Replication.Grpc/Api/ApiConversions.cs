using Google.Protobuf;
using Replication.Grpc.Api.V1;
using Replication.Kv;
using Replication.Raft.Primitives;
using ReadLevel = Replication.Grpc.Api.V1.ReadLevel;
using RequestIdOfStore = Replication.Sessions.RequestId;

namespace Replication.Grpc.Api;

/// <summary>
/// Between the types of the API and those of the store. Bytes are shared, not copied: both sides leave them unchanged.
/// </summary>
internal static class ApiConversions
{
    public static ByteString Wrap(ReadOnlyMemory<byte> bytes) =>
        bytes.IsEmpty ? ByteString.Empty : UnsafeByteOperations.UnsafeWrap(bytes);

    public static LogPosition? ToApi(this LogId id) =>
        id == default ? null : new LogPosition { Term = id.Term.Value, Index = id.Index.Value };

    public static LogId ToLogId(this LogPosition? position) =>
        position is null ? default : new LogId(new Term(position.Term), new LogIndex(position.Index));

    public static RequestIdOfStore ToStore(this RequestId? id) =>
        id is null ? default : new RequestIdOfStore(id.SessionId, id.Sequence, id.AcknowledgedBelow);

    public static RequestId? ToApi(this RequestIdOfStore id) => id.IsNone
        ? null
        : new RequestId { SessionId = id.SessionId, Sequence = id.Sequence, AcknowledgedBelow = id.AcknowledgedBelow };

    /// <summary>Null for a level that this version doesn't know.</summary>
    public static ReadConsistency? ToStore(this ReadLevel level) => level switch
    {
        ReadLevel.Linearizable => ReadConsistency.Linearizable,
        ReadLevel.ConsistentPrefix => ReadConsistency.ConsistentPrefix,
        _ => null,
    };

    /// <summary>Adds an operation to a batch; false for a kind that this version doesn't know.</summary>
    public static bool TryAddTo(this Operation operation, KeyValueBatch batch)
    {
        ReadOnlyMemory<byte> key = operation.Key.Memory;
        KeyValueBatch? added = operation.Kind switch
        {
            Operation.Types.Kind.Get => batch.Get(key),
            Operation.Types.Kind.Put => batch.Put(key, operation.Value.Memory),
            Operation.Types.Kind.Delete => batch.Delete(key),
            Operation.Types.Kind.Append => batch.Append(key, operation.Value.Memory),
            Operation.Types.Kind.RequireValue => batch.RequireValue(key, operation.Value.Memory),
            Operation.Types.Kind.RequireAbsent => batch.RequireValue(key, null),
            Operation.Types.Kind.RequireVersion => batch.RequireVersion(key, new LogIndex(operation.Version)),
            _ => null,
        };
        return added is not null;
    }

    public static Operation ToApi(this in KeyValueOperation operation) => new()
    {
        // The numbers of the kinds are equal on both sides (a test compares them).
        Kind = (Operation.Types.Kind)operation.Kind,
        Key = Wrap(operation.Key),
        Value = Wrap(operation.Value),
        Version = operation.Version.Value,
    };

    public static OperationResult ToApi(this in KeyValueOperationResult result) => new()
    {
        Found = result.Found,
        Value = Wrap(result.Value),
        Version = result.Version.Value,
    };

    public static GroupStatus ToApi(this Replication.Groups.GroupStatus status, NodeHint? leader) => new()
    {
        Group = status.Name,
        Role = status.Raft.Role switch
        {
            RaftRole.Leader => GroupStatus.Types.Role.Leader,
            RaftRole.Follower => GroupStatus.Types.Role.Follower,
            _ => GroupStatus.Types.Role.Candidate,
        },
        Term = status.Raft.CurrentTerm.Value,
        Leader = leader,
        CommitIndex = status.Raft.CommitIndex.Value,
        Applied = status.AppliedId.ToApi(),
        Last = status.Raft.LastLogId.ToApi(),
        DurableIndex = status.Raft.DurableIndex.Value,
        CompactedIndex = status.Raft.CompactedIndex.Value,
        LogBytes = status.LogBytes,
    };
}
