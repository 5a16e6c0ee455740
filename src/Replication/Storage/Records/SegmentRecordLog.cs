using Replication.Storage.Files;

namespace Replication.Storage.Records;

/// <summary>
/// A record log that writes on its caller's thread and nowhere else: equal calls leave equal bytes, in equal order.
/// </summary>
internal sealed class SegmentRecordLog : RecordLog
{
    private readonly int _memoryBytes;
    private byte[] _buffer;
    private int _buffered;
    private long _bufferAddress;

    private SegmentRecordLog(RecordLogOpening opening, RecordLogOptions options)
        : base(opening, options)
    {
        _memoryBytes = 1 << options.MemorySizeBits;
        _buffer = new byte[1 << Math.Min(options.PageSizeBits, 16)];
        _bufferAddress = TailAddress;
    }

    public static SegmentRecordLog Open(
        IFileSystem files, RecordLogOptions options, IRecordVisitor visitor, out RecordLogReport report) =>
        new(RecordLogOpening.Open(files, options, visitor, out report), options);

    protected override void AppendFrame(in RecordFrame frame, ReadOnlySpan<byte> head, ReadOnlySpan<byte> body)
    {
        if (_buffered > 0 && _buffered + frame.FrameBytes > _memoryBytes)
        {
            WriteOut();
        }

        if (_buffer.Length < _buffered + frame.FrameBytes)
        {
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _buffered + frame.FrameBytes));
        }

        Span<byte> target = _buffer.AsSpan(_buffered, frame.FrameBytes);
        frame.WriteTo(target, TailAddress, head, body);
        _buffered += frame.FrameBytes;
        Appender.Appended(frame);
    }

    protected override void WriteOut()
    {
        Segments.Write(_bufferAddress, _buffer.AsSpan(0, _buffered));
        _bufferAddress += _buffered;
        _buffered = 0;
    }

    protected override void Release()
    {
    }
}

/// <summary>
/// Opens record logs that write on their caller's thread: for simulations and tests, and where FASTER is not wanted.
/// </summary>
public sealed class SegmentRecordLogFactory : IRecordLogFactory
{
    /// <inheritdoc/>
    public IRecordLog Open(
        IFileSystem files, RecordLogOptions options, IRecordVisitor visitor, out RecordLogReport report)
    {
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(visitor);
        return SegmentRecordLog.Open(files, options, visitor, out report);
    }
}
