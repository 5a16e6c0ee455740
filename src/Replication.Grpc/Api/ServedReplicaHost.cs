using System.Collections.Concurrent;
using Replication.Groups;
using Replication.Hosting;
using Replication.Kv;
using Replication.Raft.Primitives;
using Replication.Sessions;

namespace Replication.Grpc.Api;

/// <summary>A real host, as the service sees it.</summary>
internal sealed class ServedReplicaHost(ReplicaHost host) : IServedHost
{
    private readonly ConcurrentDictionary<string, IServedStore> _stores = new(StringComparer.Ordinal);

    public NodeId NodeId => host.NodeId;

    public IReadOnlyList<string> Groups => host.Groups;

    public Exception? Fault => host.Fault;

    public IServedStore? FindStore(string group)
    {
        if (_stores.TryGetValue(group, out IServedStore? known))
        {
            return known;
        }

        try
        {
            return _stores.GetOrAdd(group, new Store(host.KeyValueStore(group)));
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    public GroupStatus StatusOf(string group) => host.Status(group);

    private sealed class Store(KeyValueStore store) : IServedStore
    {
        public ValueTask<KeyValueReadResult> GetAsync(
            ReadOnlyMemory<byte> key, ReadConsistency consistency, CancellationToken cancellationToken) =>
            store.GetAsync(key, consistency, cancellationToken);

        public ValueTask<IReadOnlyList<KeyValueItem>> ScanAsync(
            ReadOnlyMemory<byte> from,
            ReadOnlyMemory<byte> to,
            int limit,
            ReadConsistency consistency,
            CancellationToken cancellationToken) =>
            store.ScanAsync(from, to, limit, consistency, cancellationToken);

        public ValueTask<KeyValueWriteResult> WriteAsync(
            KeyValueBatch batch, RequestId request, CancellationToken cancellationToken) =>
            store.WriteAsync(batch, request, cancellationToken);

        public ValueTask<ClientSession> OpenSessionAsync(TimeSpan? timeout, CancellationToken cancellationToken) =>
            store.OpenSessionAsync(timeout, cancellationToken);

        public ValueTask<bool> CloseSessionAsync(ClientSession session, CancellationToken cancellationToken) =>
            store.CloseSessionAsync(session, cancellationToken);
    }
}
