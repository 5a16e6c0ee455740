using Replication.Groups;
using Replication.Kv;
using Replication.Raft.Primitives;
using Replication.Sessions;

namespace Replication.Grpc.Api;

/// <summary>What the key-value service needs of a host.</summary>
internal interface IServedHost
{
    NodeId NodeId { get; }

    IReadOnlyList<string> Groups { get; }

    Exception? Fault { get; }

    /// <summary>Finds a store; null if this host has none of that name.</summary>
    IServedStore? FindStore(string group);

    GroupStatus StatusOf(string group);
}

/// <summary>What the key-value service needs of a store; each member as in <see cref="KeyValueStore"/>.</summary>
internal interface IServedStore
{
    ValueTask<KeyValueReadResult> GetAsync(ReadOnlyMemory<byte> key, ReadConsistency consistency,
        CancellationToken cancellationToken);

    ValueTask<IReadOnlyList<KeyValueItem>> ScanAsync(
        ReadOnlyMemory<byte> from, ReadOnlyMemory<byte> to, int limit, ReadConsistency consistency,
            CancellationToken cancellationToken);

    ValueTask<KeyValueWriteResult> WriteAsync(KeyValueBatch batch, RequestId request,
        CancellationToken cancellationToken);

    ValueTask<ClientSession> OpenSessionAsync(TimeSpan? timeout, CancellationToken cancellationToken);

    ValueTask<bool> CloseSessionAsync(ClientSession session, CancellationToken cancellationToken);
}
