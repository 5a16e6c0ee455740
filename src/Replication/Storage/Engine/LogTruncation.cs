using Replication.Storage.Engine.Snapshots;

namespace Replication.Storage.Engine;

/// <summary>Decides up to where the value log may be truncated: what is not needed any more, once no snapshot from
/// before is open.</summary>
/// <remarks>
/// For the owner. A wish comes with a durable checkpoint that needs nothing below an address. From the next
/// publication on,
/// snapshots enter a new gate; those that may have looked up an older address are behind the old one.
/// </remarks>
internal sealed class LogTruncation
{
    private SnapshotGate? _retired;
    private long _behindRetired;
    private long _wished;

    /// <summary>Gets the gate that new snapshots enter.</summary>
    public SnapshotGate Gate { get; private set; } = new();

    /// <summary>Gets the address below which nothing can be read any more.</summary>
    public long Granted { get; private set; }

    /// <summary>A durable checkpoint, and everything that is captured from the next publication on, needs nothing
    /// below an address.</summary>
    public void Wish(long address) => _wished = Math.Max(_wished, address);

    /// <summary>Grants what waited, if the last of its snapshots is gone.</summary>
    public void Grant()
    {
        if (_retired is not null && _retired.TryShut())
        {
            Granted = _behindRetired;
            _retired = null;
        }
    }

    /// <summary>Puts a new gate in place if there is a new wish; what is published next must carry it.</summary>
    public void Rotate()
    {
        if (_retired is null && _wished > Granted)
        {
            _retired = Gate;
            _behindRetired = _wished;
            Gate = new SnapshotGate();
        }
    }
}
