using Replication.Faster;
using Replication.Storage.Records;

namespace Replication.CrashImages.Subjects;

/// <summary>What the command explores.</summary>
internal static class AllSubjects
{
    public static IReadOnlyList<ISubject> Make() =>
    [
        new RecordLogSubject("log", new SegmentRecordLogFactory()),
        new RecordLogSubject("log-ahead", new SegmentRecordLogFactory(), growthBytes: 16 << 10),
        new WalSubject("wal", new SegmentRecordLogFactory()),
        new SnapshotSubject(),
        new EngineSubject(),
        new IdentitySubject(),
        new RecordLogSubject("faster-log", new FasterRecordLogFactory()),
        new WalSubject("faster-wal", new FasterRecordLogFactory()),
    ];

    /// <summary>Gets the longest programs that are worth their time when all subjects are explored: FasterLog takes
    /// longer to open than all else.</summary>
    public static int OperationsMax(ISubject subject) =>
        subject.Name.StartsWith("faster", StringComparison.Ordinal) ? 3 : int.MaxValue;
}
