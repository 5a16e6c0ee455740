using Replication.Groups.Shell;
using Replication.Raft.Primitives;
using Replication.Storage.Engine;

namespace Replication.Kv;

/// <content>Reads: from one published state of this node's engine, once it is new enough.</content>
public sealed partial class KeyValueStore
{
    /// <summary>Reads a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="consistency">How fresh the answer must be; linearizable by default.</param>
    /// <param name="cancellationToken">Stops the wait, nothing else.</param>
    /// <returns>The value and what was served.</returns>
    /// <exception cref="Errors.ReplicationException">The level can't be met now: QuorumUnavailableException. Safe to
    /// retry.</exception>
    public ValueTask<KeyValueReadResult> GetAsync(
        ReadOnlyMemory<byte> key, ReadConsistency consistency = default, CancellationToken cancellationToken = default)
    {
        KeyValueChecks.CheckKey(key, _limits, position: -1);
        cancellationToken.ThrowIfCancellationRequested();
        return consistency.Level == ReadLevel.ConsistentPrefix
            ? new ValueTask<KeyValueReadResult>(Read(key, consistency.Level, LogId.Zero))
            : GetLinearizableAsync(key, cancellationToken);
    }

    /// <summary>Reads the keys of a range in order, all from one state.</summary>
    /// <param name="from">The first key, included; empty for the first of all.</param>
    /// <param name="to">The end, excluded; empty for no end.</param>
    /// <param name="limit">The most keys to return, at least 1; all are held in memory.</param>
    /// <param name="consistency">How fresh the answer must be; linearizable by default.</param>
    /// <param name="cancellationToken">Stops the wait, nothing else.</param>
    /// <returns>The keys with their values, in order of unsigned bytes.</returns>
    public async ValueTask<IReadOnlyList<KeyValueItem>> ScanAsync(
        ReadOnlyMemory<byte> from,
        ReadOnlyMemory<byte> to,
        int limit,
        ReadConsistency consistency = default,
        CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        cancellationToken.ThrowIfCancellationRequested();
        if (consistency.Level != ReadLevel.ConsistentPrefix)
        {
            await _group.ReadIndexAsync(cancellationToken).ConfigureAwait(false);
        }

        _group.ThrowIfStopped();
        var items = new List<KeyValueItem>();
        using IKeyValueSnapshot snapshot = _engine.CaptureSnapshot();
        foreach (KeyValueRecord record in snapshot.Scan(from, to))
        {
            cancellationToken.ThrowIfCancellationRequested();
            items.Add(new KeyValueItem { Key = record.Key, Value = record.Value, Version = record.Version });
            if (items.Count == limit)
            {
                break;
            }
        }

        return items;
    }

    private async ValueTask<KeyValueReadResult> GetLinearizableAsync(
        ReadOnlyMemory<byte> key, CancellationToken cancellationToken)
    {
        ReadPosition position = await _group.ReadIndexAsync(cancellationToken).ConfigureAwait(false);
        return Read(key, ReadLevel.Linearizable, position.AppliedId);
    }

    /// <summary>Reads from what is published now. Entries without a command don't reach the engine, hence the applied
    /// id beside it.</summary>
    private KeyValueReadResult Read(ReadOnlyMemory<byte> key, ReadLevel level, LogId applied)
    {
        _group.ThrowIfStopped();
        using IKeyValueSnapshot snapshot = _engine.CaptureSnapshot();
        bool found = snapshot.TryGet(key.Span, out KeyValueRecord record);
        return new KeyValueReadResult
        {
            Found = found,
            Value = found ? record.Value : default,
            Version = found ? record.Version : LogIndex.Zero,
            Level = level,
            AppliedId = snapshot.Id.Index > applied.Index ? snapshot.Id : applied,
            Node = _node,
        };
    }
}
