using Replication.Raft.Determinism;

namespace Replication.Testing.Disks;

/// <summary>What can be wrong with a disk. Each says what counts as a hit: that the fault had an effect.</summary>
public enum DiskFault
{
    /// <summary>
    /// A sync fails as on ext4: the pages count as clean though they never reached the disk, so a later sync succeeds,
    /// reads see the new bytes, and they are gone after a power loss. A hit is a failed sync.
    /// </summary>
    SyncErrorKeepsPages,

    /// <summary>
    /// A sync fails as on btrfs: the file becomes again what it was at its last sync. A hit is a failed sync.
    /// </summary>
    SyncErrorReverts,

    /// <summary>
    /// A sync succeeds and makes nothing durable. A hit is a power loss that takes what it had confirmed.
    /// </summary>
    LyingFlush,

    /// <summary>
    /// A sync confirms a sector that never reaches its place. A hit is such a sector; it shows once the cache is gone.
    /// </summary>
    LostWrite,

    /// <summary>
    /// As <see cref="LostWrite"/>, and the sector's bytes overwrite another sector of the same file.
    /// </summary>
    MisdirectedWrite,

    /// <summary>A sector can't be read until it is written again. A hit is a failed read.</summary>
    ReadError,

    /// <summary>A bit of a durable sector has flipped. A hit is a read that returned it.</summary>
    BitRot,

    /// <summary>A write fails with an input/output error after half of it took place. A hit is a failed
    /// write.</summary>
    WriteError,

    /// <summary>
    /// A write finds no space and took place only in part. A hit is a failed write or change of length.
    /// </summary>
    NoSpace,

    /// <summary>A call takes longer than the disk's usual time. A hit is such a call.</summary>
    Slowness,

    /// <summary>A power loss. A hit is a sector, length or name that was lost or torn by it.</summary>
    PowerLoss,

    /// <summary>The disk's content was replaced, by nothing or by an older one. A hit is a replacement.</summary>
    Replacement,
}

/// <summary>Which faults strike at a disk, and how often each did.</summary>
/// <remarks>Faults strike by rate, drawn from the disk's stream, or at the next chance, if armed.</remarks>
public sealed class DiskFaults
{
    private const int Million = 1_000_000;

    private readonly int[] _rates = new int[Enum.GetValues<DiskFault>().Length];
    private readonly int[] _armed = new int[Enum.GetValues<DiskFault>().Length];
    private readonly long[] _hits = new long[Enum.GetValues<DiskFault>().Length];
    private bool _isActive;

    /// <summary>Gets how often a fault had an effect.</summary>
    /// <param name="fault">The fault.</param>
    public long HitsOf(DiskFault fault) => _hits[(int)fault];

    /// <summary>Lets a fault strike at a part of the calls that it can strike at.</summary>
    /// <param name="fault">
    /// One of a sync, a write or a read. Bit rot, slowness, power losses and replacements are calls of the disk.
    /// </param>
    /// <param name="perMillion">In how many of a million calls; from 0 to 1,000,000.</param>
    public void SetRate(DiskFault fault, int perMillion)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(perMillion);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(perMillion, Million);
        CheckStrikes(fault);
        _rates[(int)fault] = perMillion;
        Update();
    }

    /// <summary>Lets a fault strike at the next call that it can strike at, once.</summary>
    /// <param name="fault">As for <see cref="SetRate"/>.</param>
    public void Arm(DiskFault fault)
    {
        CheckStrikes(fault);
        _armed[(int)fault]++;
        Update();
    }

    /// <summary>Takes back one <see cref="Arm"/>, if it has not struck yet.</summary>
    /// <param name="fault">As for <see cref="SetRate"/>.</param>
    internal void Disarm(DiskFault fault)
    {
        _armed[(int)fault] = Math.Max(0, _armed[(int)fault] - 1);
        Update();
    }

    /// <summary>Stops all faults that strike by rate or are armed. What they did stays done.</summary>
    public void Clear()
    {
        Array.Clear(_rates);
        Array.Clear(_armed);
        Update();
    }

    internal bool Strikes(DiskFault fault, SplitMix64 stream)
    {
        if (!_isActive)
        {
            return false;
        }

        if (_armed[(int)fault] > 0)
        {
            _armed[(int)fault]--;
            Update();
            return true;
        }

        return _rates[(int)fault] > 0 && stream.NextBelow(Million) < _rates[(int)fault];
    }

    internal void Count(DiskFault fault, long hits = 1) => _hits[(int)fault] += hits;

    private static void CheckStrikes(DiskFault fault)
    {
        if (fault is DiskFault.BitRot or DiskFault.Slowness or DiskFault.PowerLoss or DiskFault.Replacement)
        {
            throw new ArgumentException($"{fault} does not strike at a call: it is a call of the disk.", nameof(fault));
        }
    }

    private void Update() =>
        _isActive = _rates.AsSpan().ContainsAnyExcept(0) || _armed.AsSpan().ContainsAnyExcept(0);
}
