using Replication.Errors;
using Replication.Storage.Files;
using Replication.Storage.Records;
using Replication.Testing.Disks;
using Replication.Testing.Simulation.Randomness;

namespace Replication.Testing.Simulation.Nodes;

/// <summary>The disk of a node through all its processes.</summary>
internal sealed class NodeDisk
{
    private const int RotTries = 8;
    private readonly RandomStream _random;
    private readonly SimulatedDisk _disk;
    private SimulatedDisk? _backup;
    private bool _isDamaged;

    public NodeDisk(RandomStream random)
    {
        _random = random;
        _disk = new SimulatedDisk(random.Next()) { DefersDurability = true };
    }

    public IFileSystem Files => _disk;

    /// <summary>Gets the number of the last change or sync.</summary>
    public long Position => _disk.Position;

    /// <summary>Gets a value indicating whether a call may have failed, or the disk may be refused.</summary>
    public bool HasTrouble { get; private set; }

    /// <summary>Gets a value indicating whether bytes that were taken for durable are lost, or may be: after a failed
    /// sync
    /// that kept its pages a new process reads what no power loss spares.</summary>
    public bool IsDamaged =>
        _isDamaged || HasForgotten || _disk.Faults.HitsOf(DiskFault.SyncErrorKeepsPages) > 0;

    /// <summary>Gets a value indicating whether bits were flipped, or the disk was wiped: it held more once.</summary>
    public bool HasLost => _isDamaged;

    /// <summary>Gets a value indicating whether what the disk confirms may not be there.</summary>
    public bool IsLying { get; private set; }

    /// <summary>Gets a value indicating whether something that the disk confirmed is gone, or will be with the
    /// cache.</summary>
    public bool HasForgotten => HasForgottenFlushes
        || _disk.Faults.HitsOf(DiskFault.LostWrite) + _disk.Faults.HitsOf(DiskFault.MisdirectedWrite) > 0;

    /// <summary>Gets a value indicating whether whole flushes are gone that the disk had confirmed.</summary>
    public bool HasForgottenFlushes => _disk.Faults.HitsOf(DiskFault.LyingFlush) > 0 || IsRolledBack;

    /// <summary>Gets a value indicating whether the disk was put back to an earlier state.</summary>
    public bool IsRolledBack { get; private set; }

    /// <summary>Gets a value indicating whether there is less room than a log takes.</summary>
    public bool HasLittleRoom => _disk.GetFreeBytes() < 1L << 30;

    /// <summary>Gets how many calls have failed.</summary>
    public long FailedCalls =>
        _disk.Faults.HitsOf(DiskFault.SyncErrorKeepsPages) + _disk.Faults.HitsOf(DiskFault.SyncErrorReverts)
        + _disk.Faults.HitsOf(DiskFault.WriteError) + _disk.Faults.HitsOf(DiskFault.NoSpace);

    public long CapacityBytes
    {
        get => _disk.CapacityBytes;
        set => _disk.CapacityBytes = value;
    }

    /// <summary>Leaves room for some more bytes.</summary>
    public void LeaveRoom(long bytes)
    {
        HasTrouble = true;
        _disk.CapacityBytes = _disk.CapacityBytes - _disk.GetFreeBytes() + bytes;
    }

    /// <summary>Fails the next call of a kind, once.</summary>
    public void FailNext(DiskFault fault)
    {
        HasTrouble = true;
        _disk.Faults.Arm(fault);
    }

    /// <summary>Begins to lie: about all flushes, or about one sector of the next.</summary>
    public void Lie(DiskFault fault)
    {
        HasTrouble = true;
        IsLying = true;
        if (fault == DiskFault.LyingFlush)
        {
            _disk.Faults.SetRate(fault, 1_000_000);
        }
        else
        {
            _disk.Faults.Arm(fault);
        }
    }

    /// <summary>The next call of a kind need not fail any more.</summary>
    public void FailNoMore(DiskFault fault) => _disk.Faults.Disarm(fault);

    /// <summary>What is confirmed from now on is true.</summary>
    public void StopLying(DiskFault fault)
    {
        if (fault == DiskFault.LyingFlush)
        {
            _disk.Faults.SetRate(fault, 0);
        }
        else
        {
            _disk.Faults.Disarm(fault);
        }
    }

    /// <summary>What could not be read can be read again.</summary>
    public void MakeReadable() => _disk.MakeReadable();

    /// <summary>Gets how often a fault had an effect.</summary>
    public long HitsOf(DiskFault fault) => _disk.Faults.HitsOf(fault);

    /// <summary>No fault strikes from now on, and what is there can be read.</summary>
    public void Heal()
    {
        _disk.Faults.Clear();
        _disk.MakeReadable();
    }

    /// <summary>Flips a bit somewhere in one of the files, but for a part of a log in which damage looks like a torn
    /// write: who loses there what it acknowledged breaks what the algorithm stands on.</summary>
    /// <param name="log">The directory of the log.</param>
    /// <param name="segmentBits">The size of its segments as a power of two.</param>
    /// <param name="from">Where the part begins.</param>
    /// <param name="to">Where it ends.</param>
    /// <returns>Whether there was a place for it.</returns>
    public bool Rot(string log, int segmentBits, long from, long to)
    {
        List<(string Path, long Length)> files = Paths(string.Empty);
        for (int i = 0; i < RotTries && files.Count > 0; i++)
        {
            (string path, long length) = files[_random.Below(files.Count)];
            long offset = length > 0 ? _random.Below(length) : 0;
            int bit = _random.Below(8);
            if (!IsWithin(path, offset, log, segmentBits, from, to) && _disk.FlipBit(path, offset, bit))
            {
                HasTrouble = true;
                _isDamaged = true;
                return true;
            }
        }

        return false;
    }

    /// <summary>The time of every call up to a position has passed.</summary>
    public void Settle(long position) => _disk.Settle(position);

    public void EndProcess() => _disk.EndProcess();

    /// <summary>Loses power in one of the ways in which disks do.</summary>
    /// <returns>Whether anything was lost by it.</returns>
    public bool LosePower()
    {
        SectorLoss sectors = (SectorLoss)_random.Below(Enum.GetValues<SectorLoss>().Length);
        NameLoss names = (NameLoss)_random.Below(Enum.GetValues<NameLoss>().Length);
        long before = _disk.Faults.HitsOf(DiskFault.PowerLoss);
        _disk.LosePower(new PowerLoss(sectors, names));
        return _disk.Faults.HitsOf(DiskFault.PowerLoss) > before;
    }

    public void Wipe()
    {
        HasTrouble = true;
        _isDamaged = true;
        _disk.RestoreFrom(new SimulatedDisk(0));
    }

    /// <summary>Keeps what a power loss at this moment would leave.</summary>
    public void TakeBackup() => _backup = _disk.DurableImage();

    /// <summary>Puts the disk back to the backup: all that was confirmed since is gone.</summary>
    public void RestoreBackup()
    {
        HasTrouble = true;
        IsLying = true;
        IsRolledBack = true;
        _disk.RestoreFrom(_backup!);
    }

    private static bool IsWithin(string path, long offset, string log, int segmentBits, long from, long to)
    {
        for (long segment = from >> segmentBits; segment << segmentBits < to; segment++)
        {
            long address = (segment << segmentBits) + offset;
            if (path == SegmentFiles.FileName(log, segment) && address >= from && address < to)
            {
                return true;
            }
        }

        return false;
    }

    private List<(string Path, long Length)> Paths(string directory)
    {
        List<(string Path, long Length)> paths = [];
        foreach (string name in _disk.List(directory))
        {
            string path = FilePath.Combine(directory, name);
            if (_disk.List(path).Count > 0)
            {
                paths.AddRange(Paths(path));
            }
            else if (TryLength(path) is { } length)
            {
                paths.Add((path, length));
            }
        }

        return paths;
    }

    /// <summary>Gets the disk as a power loss at this moment leaves it in the worst case.</summary>
    public IFileSystem DurableImage()
    {
        SimulatedDisk image = _disk.DurableImage();
        image.MakeReadable();
        return image;
    }

    // An empty directory is listed like an empty file, and can't be opened.
    private long? TryLength(string path)
    {
        try
        {
            using IFile file = _disk.Open(path, FileOpenMode.Existing);
            return file.Length;
        }
        catch (StorageFailedException)
        {
            return null;
        }
    }
}
