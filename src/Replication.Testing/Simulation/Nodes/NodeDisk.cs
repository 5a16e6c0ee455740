using Replication.Storage.Files;
using Replication.Testing.Disks;
using Replication.Testing.Simulation.Randomness;

namespace Replication.Testing.Simulation.Nodes;

/// <summary>The disk of a node through all its processes.</summary>
internal sealed class NodeDisk
{
    private readonly RandomStream _random;
    private readonly SimulatedDisk _disk;

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

    /// <summary>Gets a value indicating whether bytes that were durable are lost.</summary>
    public bool IsDamaged { get; private set; }

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

    public void FailNext(bool isSync) => HasTrouble |= isSync;

    public bool Rot(long amount) => HasTrouble = amount < 0;

    /// <summary>The time of every call up to a position has passed.</summary>
    public void Settle(long position) => _disk.Settle(position);

    public void EndProcess() => _disk.EndProcess();

    /// <summary>Loses power in one of the ways in which disks do.</summary>
    public void LosePower()
    {
        SectorLoss sectors = (SectorLoss)_random.Below(Enum.GetValues<SectorLoss>().Length);
        NameLoss names = (NameLoss)_random.Below(Enum.GetValues<NameLoss>().Length);
        _disk.LosePower(new PowerLoss(sectors, names));
    }

    public void Wipe()
    {
        HasTrouble = true;
        IsDamaged = true;
        _disk.RestoreFrom(new SimulatedDisk(0));
    }

    /// <summary>Gets the disk as a power loss at this moment leaves it in the worst case.</summary>
    public IFileSystem DurableImage() => _disk.DurableImage();
}
