using Replication.Primitives;
using Replication.Storage.Engine.Snapshots;
using Replication.Storage.Engine.Tree;
using Replication.Storage.Engine.Values;

namespace Replication.Storage.Engine;

/// <summary>Which versions reads at a timestamp may still need: those of the last stretch of log time, and what open
/// snapshots hold.</summary>
/// <remarks>For the owner. Log time is the timestamps of applied entries; no clock is read.</remarks>
internal sealed class VersionWindow
{
    private const int OpenGatesMax = 64;
    private const int FloorStepShare = 16;

    private readonly VersionTree _tree;
    private readonly ValueLedger _ledger;
    private readonly long _length;
    private readonly BlockQueue<KeyVersion> _successors = new();
    private readonly BlockQueue<RetiredGate> _retired = new();

    /// <summary>Creates a window that begins at a moment.</summary>
    /// <param name="length">How long it is.</param>
    /// <param name="begin">The moment before which nothing is known.</param>
    /// <param name="tree">Loses the keys whose tombstones are out of the window.</param>
    /// <param name="ledger">Hears of versions that nobody needs.</param>
    public VersionWindow(TimeSpan length, HybridTimestamp begin, VersionTree tree, ValueLedger ledger)
    {
        _length = HybridTimestamp.FromUnixMilliseconds((long)length.TotalMilliseconds).Value;
        _tree = tree;
        _ledger = ledger;
        Floor = begin;
        PruneFloor = begin;
    }

    /// <summary>Gets the earliest moment that a new snapshot may ask for.</summary>
    public HybridTimestamp Floor { get; private set; }

    /// <summary>Gets the earliest moment that any snapshot may ask for.</summary>
    public HybridTimestamp PruneFloor { get; private set; }

    /// <summary>Gets the gate that snapshots at a timestamp enter.</summary>
    public SnapshotGate Gate { get; private set; } = new();

    /// <summary>A version came after another one of its key, or deleted the key.</summary>
    public void Add(KeyVersion successor) => _successors.Enqueue(successor);

    /// <summary>Moves the floor up to a moment less the window's length; what is published next must carry the new
    /// floor and gate.</summary>
    public void MoveTo(HybridTimestamp now)
    {
        while (_retired.TryPeek(out RetiredGate oldest) && oldest.Gate.TryShut())
        {
            PruneFloor = oldest.FloorAfter;
            _retired.Dequeue();
        }

        HybridTimestamp floor = new(now.Value - _length);
        if (floor.Value - Floor.Value < Math.Max(1, _length / FloorStepShare) || _retired.Count == OpenGatesMax)
        {
            return;
        }

        _retired.Enqueue(new RetiredGate(Gate, floor));
        Gate = new SnapshotGate();
        Floor = floor;
    }

    /// <summary>Drops versions that are older than any snapshot may ask for.</summary>
    /// <param name="steps">The most versions to look at.</param>
    public void Prune(int steps)
    {
        while (steps-- > 0 && _successors.TryPeek(out KeyVersion version) && version.Timestamp <= PruneFloor)
        {
            _successors.Dequeue();
            if (version.Older is { } older)
            {
                _ledger.Kill(older);
                version.Older = null;
            }

            if (version.IsTombstone && !version.IsSuperseded)
            {
                _tree.Remove(version.Key);
                _ledger.Kill(version);
            }
        }
    }

    private readonly record struct RetiredGate(SnapshotGate Gate, HybridTimestamp FloorAfter);
}
