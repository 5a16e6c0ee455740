using Replication.Storage.Files;
using Replication.Testing.Disks;

namespace Replication.Tests.Storage.Files;

public sealed class SimulatedDiskConformanceTests : FileSystemConformance
{
    protected override IFileSystem Files { get; } = new SimulatedDisk(1);
}

public sealed class DeferringDiskConformanceTests : FileSystemConformance
{
    protected override IFileSystem Files { get; } = new SimulatedDisk(1) { DefersDurability = true };
}
