using Replication.Errors;
using Replication.Storage.Files;

namespace Replication.Storage.Records;

/// <summary>
/// What both record logs start from: open files, a log that ends on a sector boundary, everything in it durable.
/// </summary>
internal sealed class RecordLogOpening : IDisposable
{
    private RecordLogOpening(SegmentFiles segments, LogStateFile state, long nextSequence)
    {
        Segments = segments;
        State = state;
        NextSequence = nextSequence;
    }

    public SegmentFiles Segments { get; }

    public LogStateFile State { get; }

    /// <summary>Gets the sequence of the next record.</summary>
    public long NextSequence { get; private set; }

    /// <summary>Gets the address of the next record.</summary>
    public long TailAddress { get; private set; }

    public static RecordLogOpening Open(
        IFileSystem files, RecordLogOptions options, IRecordVisitor visitor, out RecordLogReport report)
    {
        options.Validate();
        FilePath.CreateDurableDirectory(files, options.Directory);
        LogStateFile? state = LogStateFile.Open(files, options.Directory);
        SegmentFiles? segments = null;
        try
        {
            segments = new SegmentFiles(files, options);
            state ??= Create(files, options, segments);
            CheckGeometry(options, state.State);
            var opening = Recover(segments, state, visitor, out report);
            (segments, state) = (null, null);
            return opening;
        }
        finally
        {
            segments?.Dispose();
            state?.Dispose();
        }
    }

    public void Dispose()
    {
        Segments.Dispose();
        State.Dispose();
    }

    private static LogStateFile Create(IFileSystem files, RecordLogOptions options, SegmentFiles segments)
    {
        if (segments.Segments.Count > 0)
        {
            throw segments.Corrupted(
                segments.Geometry.SegmentStart(segments.Segments[0]), $"there are segments but no file "
                    + $"'{LogStateFile.Name}' beside them: it was deleted. Bring it back.");
        }

        return LogStateFile.Create(files, options.Directory, new LogState
        {
            PageBits = options.PageSizeBits,
            SegmentBits = options.SegmentSizeBits,
            SectorBytes = options.SectorBytes,
            BeginAddress = RecordGeometry.FirstAddress,
            DurableAddress = RecordGeometry.FirstAddress,
            RecycledFrom = long.MaxValue,
            IsClean = true,
        });
    }

    private static void CheckGeometry(RecordLogOptions options, LogState state)
    {
        if (state.PageBits != options.PageSizeBits
            || state.SegmentBits != options.SegmentSizeBits || state.SectorBytes != options.SectorBytes)
        {
            throw new DataDirectoryException(
                $"The log in '{options.Directory}' was created with PageSizeBits {state.PageBits}, SegmentSizeBits "
                    + $"{state.SegmentBits} and SectorBytes {state.SectorBytes}; "
                + $"the options say {options.PageSizeBits}, {options.SegmentSizeBits} and {options.SectorBytes}. "
                + $"These can't be changed later: set them back.");
        }
    }

    private static RecordLogOpening Recover(
        SegmentFiles segments, LogStateFile state, IRecordVisitor visitor, out RecordLogReport report)
    {
        RecordGeometry geometry = segments.Geometry;
        LogState found = state.State;
        if (!found.IsClean)
        {
            segments.Distrust(geometry.SegmentOf(found.DurableAddress));
        }

        var scanner = new RecordScanner(segments, found);
        scanner.Scan(visitor);
        long end = scanner.End;
        long tornBytes = found.IsClean ? 0 : scanner.TornBytes();
        int bootCount = checked(found.BootCount + 1);

        // The boot count is durable before a record carries it, so no two openings ever share one.
        LogState opened = found with { BootCount = bootCount, IsClean = false };
        state.Write(opened);
        var opening = new RecordLogOpening(segments, state, scanner.LastSequence + 1) { TailAddress = end };
        opening.Settle(found, end);
        state.WriteBoth(opened with { DurableAddress = opening.TailAddress });
        bool cut = tornBytes > 0;
        report = new RecordLogReport(
            scanner.Records,
            bootCount,
            cut ? segments.FileName(geometry.SegmentOf(end)) : null,
            cut ? geometry.OffsetInSegment(end) : 0,
            tornBytes);
        return opening;
    }

    /// <summary>
    /// Takes what follows the end off the disk, and ends the log on a sector boundary.
    /// </summary>
    private void Settle(LogState found, long end)
    {
        RecordGeometry geometry = Segments.Geometry;
        if (!found.IsClean)
        {
            Segments.Cut(end);
        }

        int filler = end == RecordGeometry.FirstAddress ? 0 : geometry.SectorFillerBytes(end);
        if (filler > 0)
        {
            byte[] bytes = new byte[filler];
            var frame = new RecordFrame(
                filler, State.State.BootCount, NextSequence++, found.DurableAddress, RecordKind.Filler, 0);
            frame.WriteHeader(bytes, end, default, default);
            Segments.Write(end, bytes);
            TailAddress = end + filler;
        }

        Segments.Sync();
        if (Segments.Segments.Count > 0 && Segments.Segments[0] < geometry.SegmentOf(found.BeginAddress))
        {
            Segments.DeleteBefore(geometry.SegmentOf(found.BeginAddress));
        }
    }
}
