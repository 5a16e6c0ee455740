using Replication.Storage.Files;
using Replication.Storage.Records;

namespace Replication.Tests.Storage.Records;

/// <summary>Opens logs whose files are grown ahead with zeros.</summary>
public sealed class GrowingFactory(IRecordLogFactory inner) : IRecordLogFactory
{
    public IRecordLog Open(
        IFileSystem files, RecordLogOptions options, IRecordVisitor visitor, out RecordLogReport report) =>
        inner.Open(files, Growing(options), visitor, out report);

    private static RecordLogOptions Growing(RecordLogOptions options) => new()
    {
        Directory = options.Directory,
        PageSizeBits = options.PageSizeBits,
        MemorySizeBits = options.MemorySizeBits,
        SegmentSizeBits = options.SegmentSizeBits,
        SectorBytes = options.SectorBytes,
        GrowthBytes = 16 << 10,
    };
}
