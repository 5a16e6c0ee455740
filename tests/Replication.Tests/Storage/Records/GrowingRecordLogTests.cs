using Replication.Storage.Files;
using Replication.Storage.Records;
using Replication.Testing.Conformance.Records;

namespace Replication.Tests.Storage.Records;

public sealed class GrowingRecordLogConformanceTests
{
    private static readonly RecordLogSuite Suite = new(new GrowingFactory(new SegmentRecordLogFactory()));

    public static TheoryData<string> Cases => [.. Suite.Cases.Select(each => each.Name)];

    [Theory]
    [MemberData(nameof(Cases))]
    public Task A_log_whose_files_grow_ahead_keeps_to(string promise) => Suite.RunAsync(promise);
}

public sealed class GrowingRecordLogDamageTests : RecordLogDamage
{
    protected override IRecordLogFactory Factory { get; } = new GrowingFactory(new SegmentRecordLogFactory());
}

public sealed class GrowingRecordLogFaultTests : RecordLogFaults
{
    protected override IRecordLogFactory Factory { get; } = new GrowingFactory(new SegmentRecordLogFactory());
}

public sealed class GrowthTests
{
    private static RecordLogOptions Options(int growthBytes) => new()
    {
        Directory = "d/log",
        PageSizeBits = 16,
        MemorySizeBits = 18,
        SegmentSizeBits = 20,
        SectorBytes = 512,
        GrowthBytes = growthBytes,
    };

    [Fact]
    public void Small_flushes_find_their_bytes_in_the_file_already()
    {
        Assert.Equal(100, LengthsAfter(growthBytes: 0).Distinct().Count());

        Assert.InRange(LengthsAfter(growthBytes: 8192).Distinct().Count(), 2, 10);
    }

    private static List<long> LengthsAfter(int growthBytes)
    {
        InMemoryFileSystem disk = new();
        List<long> lengths = [];
        using RecordLogProgram program = new(new SegmentRecordLogFactory(), disk, Options(growthBytes));
        for (int i = 0; i < 100; i++)
        {
            program.Append(300, i);
            program.Flush();
            using IFile file = disk.Open("d/log/log.0", FileOpenMode.Existing);
            lengths.Add(file.Length);
        }

        return lengths;
    }
}
