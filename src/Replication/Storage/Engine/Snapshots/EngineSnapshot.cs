using Replication.Primitives;
using Replication.Raft.Primitives;
using Replication.Storage.Engine.Tree;
using Replication.Storage.Engine.Values;

namespace Replication.Storage.Engine.Snapshots;

/// <summary>A captured root. Holds, until disposed, the addresses and versions that it may need.</summary>
internal sealed class EngineSnapshot : IKeyValueSnapshot
{
    private readonly TreeNode _root;
    private readonly ValueReader _values;
    private readonly SnapshotGate _addressGate;
    private readonly SnapshotGate? _versionGate;
    private int _disposed;

    /// <summary>Creates a snapshot whose gates were entered.</summary>
    /// <param name="root">The tree.</param>
    /// <param name="id">The last entry it holds.</param>
    /// <param name="timestamp">Log time of that entry.</param>
    /// <param name="values">Reads values.</param>
    /// <param name="addressGate">Left on disposal.</param>
    /// <param name="versionGate">Left on disposal; null if only the newest versions of the root are read.</param>
    public EngineSnapshot(
        TreeNode root, LogId id, HybridTimestamp timestamp, ValueReader values, SnapshotGate addressGate,
            SnapshotGate? versionGate)
    {
        _root = root;
        Id = id;
        Timestamp = timestamp;
        _values = values;
        _addressGate = addressGate;
        _versionGate = versionGate;
    }

    /// <inheritdoc/>
    public LogId Id { get; }

    /// <inheritdoc/>
    public HybridTimestamp Timestamp { get; }

    /// <inheritdoc/>
    public bool TryGet(ReadOnlySpan<byte> key, out KeyValueRecord record)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        return _values.TryRead(Visible(VersionTree.Find(_root, key)), out record);
    }

    /// <inheritdoc/>
    public IEnumerable<KeyValueRecord> Scan(ReadOnlyMemory<byte> from, ReadOnlyMemory<byte> before)
    {
        TreeCursor cursor = new(_root, from.Span);
        while (MoveNext(ref cursor, before.Span))
        {
            if (_values.TryRead(Visible(cursor.Current), out KeyValueRecord record))
            {
                yield return record;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (SnapshotGate.IsFirst(ref _disposed))
        {
            _addressGate.Leave();
            _versionGate?.Leave();
        }
    }

    private bool MoveNext(ref TreeCursor cursor, ReadOnlySpan<byte> before)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        return cursor.MoveNext()
            && (before.IsEmpty || cursor.Current.Key.AsSpan().SequenceCompareTo(before) < 0);
    }

    // The newest version of a root captured at its own moment is the one to see; at an earlier moment it may be an
    // older one.
    private KeyVersion? Visible(KeyVersion? head) => _versionGate is null ? head : head?.At(Timestamp);
}
