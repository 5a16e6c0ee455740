using Replication.Faster.Records;
using Replication.Storage.Files;
using Replication.Storage.Records;

namespace Replication.Faster;

/// <summary>Opens record logs on Microsoft FASTER's FasterLog.</summary>
/// <remarks>
/// Stateless and callable from any thread. The files are those that <see cref="SegmentRecordLogFactory"/> leaves, byte
/// for byte.
/// </remarks>
public sealed class FasterRecordLogFactory : IRecordLogFactory
{
    /// <inheritdoc/>
    public IRecordLog Open(
        IFileSystem files, RecordLogOptions options, IRecordVisitor visitor, out RecordLogReport report)
    {
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(visitor);
        return FasterRecordLog.Open(files, options, visitor, out report);
    }
}
