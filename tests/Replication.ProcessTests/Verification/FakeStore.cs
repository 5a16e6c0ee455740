using KvProcesses.Clients;
using Replication.Errors;
using Replication.Kv;
using Replication.Primitives;
using Replication.Raft.Primitives;

namespace Replication.ProcessTests.Verification;

/// <summary>A store in memory that can be made to lie.</summary>
internal sealed class FakeStore : IStoreClient
{
    private readonly Lock _gate = new();
    private long _index;

    public Dictionary<string, (byte[] Value, long Version)> Content { get; } = [];

    public bool ReadsFail { get; set; }

    public WriteOutcome Outcome { get; set; } = WriteOutcome.Committed;

    public bool ExecutesWrites { get; set; } = true;

    public ValueTask<KeyValueWriteResult> PutAsync(
        ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> value, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            LogId id = new(new Term(1), new LogIndex(++_index));
            if (ExecutesWrites)
            {
                Content[NameOf(key)] = (value.ToArray(), _index);
            }

            return ValueTask.FromResult(new KeyValueWriteResult { Outcome = Outcome, Id = id });
        }
    }

    public ValueTask<KeyValueReadResult> GetAsync(ReadOnlyMemory<byte> key, CancellationToken cancellationToken)
    {
        if (ReadsFail)
        {
            throw new QuorumUnavailableException("no quorum", RejectReason.NoQuorum, NodeId.None);
        }

        lock (_gate)
        {
            return ValueTask.FromResult(Content.TryGetValue(NameOf(key), out (byte[] Value, long Version) item)
                ? new KeyValueReadResult { Found = true, Value = item.Value, Version = new LogIndex(item.Version) }
                : default);
        }
    }

    public static string NameOf(ReadOnlyMemory<byte> key) => System.Text.Encoding.ASCII.GetString(key.Span);
}
