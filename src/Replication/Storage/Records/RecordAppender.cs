namespace Replication.Storage.Records;

/// <summary>Decides the frames of the records that an owner appends: address, padding, fillers, sequence.</summary>
/// <remarks>The one place from which both record logs take them, so that they leave the same bytes.</remarks>
internal sealed class RecordAppender
{
    private readonly RecordGeometry _geometry;
    private readonly int _bootCount;
    private readonly int _dataBytesMax;
    private long _nextSequence;

    public RecordAppender(RecordLogOpening opening, RecordLogOptions options)
    {
        _geometry = opening.Segments.Geometry;
        _bootCount = opening.State.State.BootCount;
        _nextSequence = opening.NextSequence;
        _dataBytesMax = options.RecordBytesMax;
        TailAddress = opening.TailAddress;
        DurableAddress = opening.TailAddress;
    }

    public long TailAddress { get; private set; }

    /// <summary>
    /// Gets or sets the address below which everything is durable; the owner moves it after each flush.
    /// </summary>
    public long DurableAddress { get; set; }

    /// <summary>Gets the filler that must be appended before a record of some size; null if none.</summary>
    public RecordFrame? PageFiller(int dataBytes)
    {
        if (dataBytes < 1 || dataBytes > _dataBytesMax)
        {
            throw new ArgumentException(
                $"A record holds 1 to {_dataBytesMax} bytes, this one {dataBytes}.", nameof(dataBytes));
        }

        return _geometry.FrameBytesAt(TailAddress, dataBytes) == 0 ? Filler(_geometry.RoomInPage(TailAddress)) : null;
    }

    /// <summary>Gets the filler that ends a flush on a sector boundary; null if it ends on one.</summary>
    public RecordFrame? SectorFiller()
    {
        int gap = TailAddress == DurableAddress ? 0 : _geometry.SectorFillerBytes(TailAddress);
        return gap == 0 ? null : Filler(gap);
    }

    /// <summary>Gets the frame of the next record of data.</summary>
    public RecordFrame Data(int dataBytes) =>
        new(_geometry.FrameBytesAt(TailAddress, dataBytes), _bootCount, _nextSequence, DurableAddress,
            RecordKind.Data, dataBytes);

    /// <summary>Takes note that a frame was appended.</summary>
    public void Appended(in RecordFrame frame)
    {
        TailAddress += frame.FrameBytes;
        _nextSequence++;
    }

    private RecordFrame Filler(int bytes) =>
        new(bytes, _bootCount, _nextSequence, DurableAddress, RecordKind.Filler, 0);
}
