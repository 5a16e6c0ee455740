using Replication.Errors;
using Replication.Grpc.Api;
using Replication.Groups;
using Replication.Kv;
using Replication.Primitives;
using Replication.Raft;
using Replication.Raft.Primitives;
using Replication.Sessions;

namespace Replication.Grpc.Tests.Api;

/// <summary>A host without replication: one store in memory that does what a test tells it.</summary>
internal sealed class MemoryHost(int node, int leader) : IServedHost, IServedStore
{
    public const string Group = "orders";

    private readonly SortedDictionary<string, (byte[] Value, long Version)> _items = new(StringComparer.Ordinal);
    private readonly Dictionary<(long Session, long Sequence), KeyValueWriteResult> _answered = [];
    private readonly Lock _lock = new();
    private long _index = 100;
    private int _writes;

    public NodeId NodeId { get; } = new(node);

    public NodeId Leader { get; set; } = new(leader);

    public IReadOnlyList<string> Groups => [Group];

    public Exception? Fault { get; set; }

    /// <summary>Gets or sets what the next writes answer instead of being executed.</summary>
    public Func<KeyValueWriteResult?> OnWrite { get; set; } = () => null;

    /// <summary>Gets or sets what the next reads throw.</summary>
    public Func<Exception?> OnRead { get; set; } = () => null;

    /// <summary>Gets or sets what runs after a write was executed and before it is answered.</summary>
    public Func<CancellationToken, Task> AfterWrite { get; set; } = _ => Task.CompletedTask;

    /// <summary>Gets how many writes changed something.</summary>
    public int Executed => Volatile.Read(ref _writes);

    public static KeyValueWriteResult Rejected(RejectReason reason, int leader) => new()
    {
        Outcome = Primitives.WriteOutcome.Rejected,
        Reason = reason,
        Leader = new NodeId(leader),
        Operations = [],
        FailedAt = -1,
    };

    public IServedStore? FindStore(string group) => group == Group ? this : null;

    public GroupStatus StatusOf(string group) => new()
    {
        Name = group,
        Raft = new RaftStatus
        {
            Role = Leader == NodeId ? RaftRole.Leader : RaftRole.Follower,
            CurrentTerm = new Term(4),
            Leader = Leader,
            CommitIndex = new LogIndex(_index),
            LastLogId = Position(_index),
        },
        Peers = [],
        AppliedId = Position(_index),
        AppliedTimestamp = default,
        CheckpointId = default,
        LogBytes = 17,
    };

    public ValueTask<KeyValueReadResult> GetAsync(
        ReadOnlyMemory<byte> key, ReadConsistency consistency, CancellationToken cancellationToken)
    {
        CheckKey(key);
        if (OnRead() is { } error)
        {
            throw error;
        }

        lock (_lock)
        {
            bool found = _items.TryGetValue(Text(key), out var item);
            return new(new KeyValueReadResult
            {
                Found = found,
                Value = item.Value,
                Version = new LogIndex(item.Version),
                Level = consistency.Level,
                AppliedId = Position(_index),
                Node = NodeId,
            });
        }
    }

    public ValueTask<IReadOnlyList<KeyValueItem>> ScanAsync(
        ReadOnlyMemory<byte> from,
        ReadOnlyMemory<byte> to,
        int limit,
        ReadConsistency consistency,
        CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return new(_items
                .Where(i =>
                    string.CompareOrdinal(i.Key,
                    Text(from)) >= 0 && (to.IsEmpty || string.CompareOrdinal(i.Key, Text(to)) < 0))
                .Take(limit)
                .Select(i => new KeyValueItem
                {
                    Key = Convert.FromHexString(i.Key),
                    Value = i.Value.Value,
                    Version = new LogIndex(i.Value.Version),
                })
                .ToArray());
        }
    }

    public async ValueTask<KeyValueWriteResult> WriteAsync(
        KeyValueBatch batch, RequestId request, CancellationToken cancellationToken)
    {
        foreach (KeyValueOperation operation in batch.Operations)
        {
            CheckKey(operation.Key);
            if (operation.Value.Length > 1 << 20)
            {
                throw new ArgumentOutOfRangeException(
                    nameof(batch), $"The value has {operation.Value.Length} bytes; ValueBytesMax is {1 << 20}.");
            }
        }

        if (OnWrite() is { } answer)
        {
            return answer;
        }

        KeyValueWriteResult result = Execute(batch, request);
        await AfterWrite(cancellationToken);
        return result;
    }

    public ValueTask<ClientSession> OpenSessionAsync(TimeSpan? timeout, CancellationToken cancellationToken) =>
        OnWrite() is { } answer
            ? throw new QuorumUnavailableException("No leader.", answer.Reason, answer.Leader)
            : new(new ClientSession(42, timeout ?? TimeSpan.FromHours(1)));

    public ValueTask<bool> CloseSessionAsync(ClientSession session, CancellationToken cancellationToken) =>
        new(session.Id == 42);

    private static LogId Position(long index) => new(new Term(4), new LogIndex(index));

    private static string Text(ReadOnlyMemory<byte> key) => Convert.ToHexString(key.Span);

    private static void CheckKey(ReadOnlyMemory<byte> key)
    {
        if (key.Length is 0 or > 4096)
        {
            throw new ArgumentOutOfRangeException(nameof(key), $"The key has {key.Length} bytes; KeyBytesMax is 4096.");
        }
    }

    private KeyValueWriteResult Execute(KeyValueBatch batch, RequestId request)
    {
        lock (_lock)
        {
            if (!request.IsNone && _answered.TryGetValue((request.SessionId, request.Sequence),
                out KeyValueWriteResult before))
            {
                return before;
            }

            _index++;
            int failedAt = batch.Operations.Select((o, i) => Holds(o) ? -1 : i).FirstOrDefault(i => i >= 0, -1);
            List<KeyValueOperationResult> results = [];
            if (failedAt < 0)
            {
                _writes++;
                results.AddRange(batch.Operations.Select(Apply));
            }

            KeyValueWriteResult result = new()
            {
                Outcome = failedAt < 0 ? Primitives.WriteOutcome.Committed : Primitives.WriteOutcome.ConditionFailed,
                Leader = Leader,
                Id = Position(_index),
                Operations = results,
                FailedAt = failedAt,
                Failure = failedAt < 0 ? KeyValueFailure.None : KeyValueFailure.Condition,
            };
            _answered[(request.SessionId, request.Sequence)] = result;
            return result;
        }
    }

    private bool Holds(KeyValueOperation operation)
    {
        bool found = _items.TryGetValue(Text(operation.Key), out var item);
        return operation.Kind switch
        {
            KeyValueOperationKind.RequireValue => found && operation.Value.Span.SequenceEqual(item.Value),
            KeyValueOperationKind.RequireAbsent => !found,
            KeyValueOperationKind.RequireVersion => operation.Version.Value == item.Version,
            _ => true,
        };
    }

    private KeyValueOperationResult Apply(KeyValueOperation operation)
    {
        string key = Text(operation.Key);
        bool found = _items.TryGetValue(key, out var item);
        switch (operation.Kind)
        {
            case KeyValueOperationKind.Put:
                _items[key] = (operation.Value.ToArray(), _index);
                break;
            case KeyValueOperationKind.Append:
                _items[key] = ([.. item.Value ?? [], .. operation.Value.Span], _index);
                break;
            case KeyValueOperationKind.Delete:
                _items.Remove(key);
                break;
        }

        return operation.Kind == KeyValueOperationKind.Get
            ? new KeyValueOperationResult { Found = found, Value = item.Value, Version = new LogIndex(item.Version) }
            : new KeyValueOperationResult { Found = found };
    }
}
