using Replication.Storage.Records;
using Replication.Testing.Conformance.Records;

namespace Replication.Tests.Storage.Records;

public sealed class SegmentRecordLogConformanceTests
{
    private static readonly RecordLogSuite Suite = new(new SegmentRecordLogFactory());

    public static TheoryData<string> Cases => [.. Suite.Cases.Select(each => each.Name)];

    [Theory]
    [MemberData(nameof(Cases))]
    public Task A_log_in_segment_files_keeps_to(string promise) => Suite.RunAsync(promise);
}

public sealed class SegmentRecordLogDamageTests : RecordLogDamage
{
    protected override IRecordLogFactory Factory { get; } = new SegmentRecordLogFactory();
}

public sealed class SegmentRecordLogFaultTests : RecordLogFaults
{
    protected override IRecordLogFactory Factory { get; } = new SegmentRecordLogFactory();
}
