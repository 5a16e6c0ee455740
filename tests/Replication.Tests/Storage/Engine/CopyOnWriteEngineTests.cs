using Replication.Primitives;
using Replication.Raft.Primitives;
using Replication.StateMachines;
using Replication.Storage.Engine;
using Replication.Storage.Files;
using Replication.Storage.Records;
using Replication.Testing.Conformance.Engine;

namespace Replication.Tests.Storage.Engine;

public sealed class CopyOnWriteEngineTests
{
    /// <summary>What fits in a page of the small segments.</summary>
    internal const int SmallRecordBytes = 4000;

    internal static readonly KeyValueEngineSuite Suite = new(SmallSegments(), recordBytesMax: SmallRecordBytes);

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

    [Fact]
    public Task The_engine_of_a_host_takes_what_hosts_write() =>
        new KeyValueEngineSuite(new CopyOnWriteEngineFactory())
            .RunAsync("The largest key with the largest value comes back");

    [Fact]
    public void An_entry_with_a_value_that_no_page_holds_is_refused_whole()
    {
        using EngineRig rig = new(
            SmallSegments(), KeyValueEngineSuite.Options(60, 2000, 0.3), new InMemoryFileSystem(), seed: 5);
        ApplyContext context = new(new LogId(new Term(1), new LogIndex(1)), new HybridTimestamp(1));

        Assert.Throws<ArgumentException>(() => rig.Engine.Apply(
            context, [EngineRig.Put("b", "1"), EngineRig.Put("c", new string('x', 4096))]));

        rig.Engine.Publish();
        rig.AssertNow();
    }
}
