using Replication.Storage.Files;
using Replication.Testing.Files;
using Replication.Testing.Simulation.Randomness;

namespace Replication.Testing.Simulation.Nodes;

/// <summary>The disk of a node through all its processes.</summary>
internal sealed class NodeDisk(RandomStream random)
{
    private InMemoryFileSystem _disk = new();

    public IFileSystem Files => _disk;

    public long Position => 0;

    /// <summary>Gets a value indicating whether the disk may have failed a call, or may refuse to be opened.</summary>
    public bool HasTrouble { get; private set; }

    /// <summary>Gets a value indicating whether bytes on the disk are damaged.</summary>
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

    public void FailNext(bool isSync) => _ = isSync;

    public bool Rot(long amount) => amount < 0;

    public void Settle(long position) => _ = position;

    public void LosePower() => _disk = RandomPowerLoss.Image(_disk, random.Below(int.MaxValue));

    public void Wipe() => _disk = new InMemoryFileSystem();

    public IFileSystem DurableImage() => _disk.CrashClone();
}
