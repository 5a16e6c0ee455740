using Replication.Storage.Records;

namespace Replication.Tests.Storage.Records;

public sealed class SegmentRecordLogConformanceTests : RecordLogConformance
{
    protected override IRecordLogFactory Factory { get; } = new SegmentRecordLogFactory();
}

public sealed class SegmentRecordLogDamageTests : RecordLogDamage
{
    protected override IRecordLogFactory Factory { get; } = new SegmentRecordLogFactory();
}

public sealed class SegmentRecordLogFaultTests : RecordLogFaults
{
    protected override IRecordLogFactory Factory { get; } = new SegmentRecordLogFactory();
}
