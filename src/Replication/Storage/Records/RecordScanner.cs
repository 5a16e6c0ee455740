using Replication.Errors;

namespace Replication.Storage.Records;

/// <summary>Finds the records of a log and its end.</summary>
/// <remarks>
/// From the begin on, records follow each other without a gap: each whole, with the next sequence and a boot count that
/// never falls.
/// The first place where that is not so is the end. It is a torn tail if nothing speaks against it, and corruption if
/// it lies below
/// the durable-until hint, or if a valid record further on says that everything there had been durable when it was
/// appended. The first
/// record of each flush begins on a sector boundary, so it is enough to look there.
/// </remarks>
internal sealed class RecordScanner
{
    private readonly SegmentFiles _segments;
    private readonly RecordGeometry _geometry;
    private readonly LogState _state;
    private readonly byte[] _page;
    private long _pageAddress = -1;
    private bool _foundTornRecord;

    public RecordScanner(SegmentFiles segments, LogState state)
    {
        _segments = segments;
        _geometry = segments.Geometry;
        _state = state;
        _page = new byte[_geometry.PageBytes];
        End = state.BeginAddress;
    }

    /// <summary>Gets the address after the last record.</summary>
    public long End { get; private set; }

    /// <summary>Gets the sequence of the last record; 0 if there is none.</summary>
    public long LastSequence { get; private set; }

    public int LastBootCount { get; private set; }

    /// <summary>Gets how many records of data there are.</summary>
    public long Records { get; private set; }

    /// <summary>Reads all records and judges the end.</summary>
    /// <exception cref="StorageCorruptedException">Damage where everything had been durable.</exception>
    public void Scan(IRecordVisitor visitor)
    {
        CheckUnusedStart();
        while (TryReadNext(out RecordFrame frame, out ReadOnlySpan<byte> data))
        {
            if (frame.Kind == RecordKind.Data)
            {
                visitor.Visit(End, data);
                Records++;
            }

            End += frame.FrameBytes;
            LastSequence = frame.Sequence;
            LastBootCount = frame.BootCount;
        }

        if (End < _state.DurableAddress)
        {
            throw Damaged($"everything below address {_state.DurableAddress} had been made durable");
        }

        if (_state.IsClean && End > _state.DurableAddress)
        {
            throw _segments.Corrupted(
                _state.DurableAddress, $"the log was closed at address {_state.DurableAddress}, but records go on to "
                    + $"{End}: the files do not belong together. {Advice}");
        }

        if (!_state.IsClean)
        {
            SearchBeyond();
        }
    }

    /// <summary>
    /// Counts the bytes past the end that a torn write may have left; 0 if nothing speaks for a torn write.
    /// </summary>
    public long TornBytes()
    {
        long tornBytes = 0;
        long last = _segments.Segments.Count == 0 ? -1 : _segments.Segments[^1];
        for (long address = End; address < _geometry.SegmentStart(last + 1);)
        {
            int room = _geometry.RoomInPage(address);
            ReadOnlySpan<byte> rest = PageFrom(address);
            int nonZero = rest.LastIndexOfAnyExcept((byte)0);
            if (nonZero >= 0 && !IsOldContent(address))
            {
                tornBytes = address + nonZero + 1 - End;
            }

            address += room;
        }

        return tornBytes;
    }

    private static string Advice => "This disk has lost data that it had confirmed. Keep the directory for "
        + "analysis; an empty one is no substitute: the peers refuse it under this node's number.";

    // A recycled segment holds old records past the end. Only what looks like a record of this log's latest flush is
    // torn there.
    private bool IsOldContent(long address) =>
        _geometry.SegmentOf(address) >= _state.RecycledFrom
            && !_foundTornRecord && _geometry.AlignUpToSector(End) == End && !LooksTorn();

    private bool LooksTorn()
    {
        RecordFrame.TryReadHeader(PageFrom(End), out RecordFrame frame);
        int matches = (frame.BootCount == Math.Max(LastBootCount, _state.BootCount) ? 1 : 0)
            + (frame.Sequence == LastSequence + 1 ? 1 : 0)
            + (frame.DurableAddress == End ? 1 : 0);
        return matches >= 2;
    }

    // The bytes in front of the first record belong to no record; once something was durable they are zeros.
    private void CheckUnusedStart()
    {
        if (End != RecordGeometry.FirstAddress || _state.DurableAddress == End)
        {
            return;
        }

        int damaged = PageFrom(0)[..(int)RecordGeometry.FirstAddress].IndexOfAnyExcept((byte)0);
        if (damaged >= 0)
        {
            throw _segments.Corrupted(damaged, $"a byte in front of the first record is not zero. {Advice}");
        }
    }

    private bool TryReadNext(out RecordFrame frame, out ReadOnlySpan<byte> data)
    {
        ReadOnlySpan<byte> rest = PageFrom(End);
        data = default;
        if (!RecordFrame.TryRead(rest, End, out frame)
            || (LastSequence != 0 && frame.Sequence != LastSequence + 1)
            || frame.BootCount < LastBootCount
            || frame.DurableAddress > End)
        {
            return false;
        }

        if (frame.BootCount > _state.BootCount)
        {
            throw _segments.Corrupted(
                End, $"a record of opening {frame.BootCount}, but the file '{LogStateFile.Name}' knows only "
                    + $"{_state.BootCount}: it is older than the log. {Advice}");
        }

        data = rest.Slice(RecordFrame.HeaderBytes, frame.DataBytes);
        return true;
    }

    private void SearchBeyond()
    {
        long last = _segments.Segments.Count == 0 ? -1 : _segments.Segments[^1];
        for (long address = _geometry.AlignUpToSector(End); address < _geometry.SegmentStart(
            last + 1); address += _geometry.SectorBytes)
        {
            ReadOnlySpan<byte> rest = PageFrom(address);
            if (!RecordFrame.TryReadHeader(rest, out RecordFrame frame)
                || frame.Sequence <= LastSequence
                || frame.DurableAddress > address
                || frame.BootCount > _state.BootCount
                || !RecordFrame.TryRead(rest, address, out frame))
            {
                continue;
            }

            if (frame.DurableAddress > End)
            {
                throw Damaged($"the record at address {address} says that everything below address "
                    + $"{frame.DurableAddress} had been made durable");
            }

            _foundTornRecord = true;
        }
    }

    private StorageCorruptedException Damaged(string why) =>
        _segments.Corrupted(End, $"no valid record at address {End}, though {why}. {Advice}");

    /// <summary>Gets the bytes from an address to the end of its page; zeros where there is no file.</summary>
    private ReadOnlySpan<byte> PageFrom(long address)
    {
        int offset = (int)(address & (_geometry.PageBytes - 1));
        if (_pageAddress != address - offset)
        {
            _pageAddress = address - offset;
            int read = _segments.Read(_pageAddress, _page);
            _page.AsSpan(read).Clear();
        }

        return _page.AsSpan(offset);
    }
}
