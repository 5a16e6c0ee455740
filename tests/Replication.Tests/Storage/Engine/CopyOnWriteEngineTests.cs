using Replication.Storage.Engine;
using Replication.Storage.Records;
using Replication.Testing.Conformance.Engine;

namespace Replication.Tests.Storage.Engine;

public sealed class CopyOnWriteEngineTests
{
    private static readonly KeyValueEngineSuite Suite = new(SmallSegments());

    public static TheoryData<string> Cases => [.. Suite.Cases.Select(each => each.Name)];

    internal static CopyOnWriteEngineFactory SmallSegments() => new(directory => new RecordLogOptions
    {
        Directory = directory,
        PageSizeBits = 12,
        MemorySizeBits = 13,
        SegmentSizeBits = 13,
        SectorBytes = 512,
    });

    [Theory]
    [MemberData(nameof(Cases))]
    public Task The_copy_on_write_engine_keeps_to(string promise) => Suite.RunAsync(promise);
}
