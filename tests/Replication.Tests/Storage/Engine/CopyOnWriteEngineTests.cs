using Replication.Storage.Engine;
using Replication.Storage.Records;

namespace Replication.Tests.Storage.Engine;

public sealed class CopyOnWriteEngineTests : KeyValueEngineConformance
{
    internal static CopyOnWriteEngineFactory SmallSegments() => new(directory => new RecordLogOptions
    {
        Directory = directory,
        PageSizeBits = 12,
        MemorySizeBits = 13,
        SegmentSizeBits = 13,
        SectorBytes = 512,
    });

    internal override IKeyValueEngineFactory NewFactory() => SmallSegments();
}
