namespace Replication.Storage.Records;

/// <summary>Where records lie: pages, segments and sectors of one log.</summary>
/// <remarks>
/// A record never spans pages. A record that would leave less room in its page than the smallest record needs takes
/// that room as
/// padding, and room that is too small for the next record is filled by a filler. So records follow each other without
/// a gap from the
/// first to the last, and FasterLog, which skips to the next page on its own when a record doesn't fit, never has to.
/// </remarks>
internal readonly struct RecordGeometry
{
    /// <summary>The address of the first record: FasterLog's.</summary>
    public const long FirstAddress = 64;

    public RecordGeometry(RecordLogOptions options)
    {
        PageBits = options.PageSizeBits;
        SegmentBits = options.SegmentSizeBits;
        SectorBytes = options.SectorBytes;
    }

    public int PageBits { get; }

    public int SegmentBits { get; }

    public int SectorBytes { get; }

    public int PageBytes => 1 << PageBits;

    public long SegmentBytes => 1L << SegmentBits;

    public long SegmentOf(long address) => address >> SegmentBits;

    public long OffsetInSegment(long address) => address & (SegmentBytes - 1);

    public long SegmentStart(long segment) => segment << SegmentBits;

    public int RoomInPage(long address) => PageBytes - (int)(address & (PageBytes - 1));

    public long AlignUpToSector(long address) => (address + SectorBytes - 1) & ~(SectorBytes - 1L);

    /// <summary>Gets the size of a record at an address, with padding; 0 if it does not fit in the page.</summary>
    public int FrameBytesAt(long address, int dataBytes)
    {
        int frame = RecordFrame.SizeOf(dataBytes);
        int room = RoomInPage(address);
        if (frame > room)
        {
            return 0;
        }

        return room - frame < RecordFrame.HeaderBytes ? room : frame;
    }

    /// <summary>
    /// Gets the size of the filler that leads from an address to a sector boundary; 0 if it is on one.
    /// </summary>
    public int SectorFillerBytes(long address)
    {
        int gap = (int)(AlignUpToSector(address) - address);
        return gap == 0 || gap >= RecordFrame.HeaderBytes ? gap : gap + SectorBytes;
    }
}
