using Replication.Storage.Engine;
using Replication.Storage.Files;
using Replication.Storage.Records;
using Replication.Testing.Conformance.Engine;

namespace Replication.Faster.Tests.Engine;

/// <summary>What ties the engine in production to the one in the simulator.</summary>
public class SameEngineBytesTests
{
    [Theory]
    [InlineData(31)]
    [InlineData(32)]
    [InlineData(33)]
    [InlineData(34)]
    public void The_engine_leaves_the_same_bytes_on_both_record_logs_over_applies_checkpoints_and_restarts(int seed)
    {
        Dictionary<string, string> ours = FilesAfter(seed, new SegmentRecordLogFactory());

        Assert.Equal(ours, FilesAfter(seed, new FasterRecordLogFactory()));
        Assert.True(ours.Count > 3);
    }

    private static Dictionary<string, string> FilesAfter(int seed, IRecordLogFactory records)
    {
        CopyOnWriteEngineFactory factory = new(directory => new RecordLogOptions
        {
            Directory = directory,
            PageSizeBits = 12,
            MemorySizeBits = 13,
            SegmentSizeBits = 13,
            SectorBytes = 512,
        });
        using EngineRig rig = new(
            factory, KeyValueEngineSuite.Options(60, 2000, 0.3), new InMemoryFileSystem(), seed, records: records);
        new RandomProgram(rig, seed).Run(steps: 1500, restarts: true);
        return DiskContent.Of(rig.Disk);
    }
}
