using Replication.Storage.Engine;
using Replication.Storage.Records;
using Replication.Testing.Conformance.Engine;

namespace Replication.Faster.Tests.Engine;

/// <summary>The key-value engine with its values in FasterLog keeps to what every engine keeps to.</summary>
public sealed class FasterEngineTests
{
    private static readonly KeyValueEngineSuite Suite = new(
        new CopyOnWriteEngineFactory(directory => new RecordLogOptions
        {
            Directory = directory,
            PageSizeBits = 12,
            MemorySizeBits = 13,
            SegmentSizeBits = 13,
            SectorBytes = 512,
        }),
        new FasterRecordLogFactory(),
        recordBytesMax: 4000);

    public static TheoryData<string> Cases => [.. Suite.Cases.Select(each => each.Name)];

    [Theory]
    [MemberData(nameof(Cases))]
    public Task The_engine_on_FasterLog_keeps_to(string promise) => Suite.RunAsync(promise);
}
