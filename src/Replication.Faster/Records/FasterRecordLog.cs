using FASTER.core;
using Replication.Errors;
using Replication.Storage.Files;
using Replication.Storage.Records;

namespace Replication.Faster.Records;

/// <summary>
/// A record log whose pages are FasterLog's: it buffers and writes, we frame, sync, scan and recycle.
/// </summary>
/// <remarks>
/// One thread appends and flushes, so FasterLog's writes run on that thread as well. FasterLog is never truncated,
/// committed to files or
/// recovered by itself. After an error it is abandoned undisposed: its dispose may wait for ever for a device that
/// failed.
/// </remarks>
internal sealed class FasterRecordLog : RecordLog
{
    /// <summary>How long a write that never fails may take before the disk counts as failed.</summary>
    private static readonly TimeSpan StallMax = TimeSpan.FromSeconds(30);

    private readonly SegmentDevice _device;
    private readonly FasterLog _log;
    private readonly FrameEntry _entry = new();

    private FasterRecordLog(RecordLogOpening opening, RecordLogOptions options)
        : base(opening, options)
    {
        _device = new SegmentDevice(opening.Segments, options.Directory) { DurableAddress = opening.TailAddress };
        _log = new FasterLog(new FasterLogSettings
        {
            LogDevice = _device,
            PageSizeBits = options.PageSizeBits,
            MemorySizeBits = options.MemorySizeBits,
            SegmentSizeBits = options.SegmentSizeBits,
            LogCommitManager = new NoCommitFiles(),
            LogChecksum = LogChecksumType.None,
            TryRecoverLatest = false,
        });
        if (opening.TailAddress > RecordGeometry.FirstAddress)
        {
            _log.Initialize(BeginAddress, opening.TailAddress);
        }

        if (_log.TailAddress != opening.TailAddress)
        {
            throw new StorageFailedException(
                $"FasterLog opened '{options.Directory}' with tail {_log.TailAddress}, but the log ends at "
                    + $"{opening.TailAddress}. Report this as a defect.");
        }
    }

    public static FasterRecordLog Open(
        IFileSystem files, RecordLogOptions options, IRecordVisitor visitor, out RecordLogReport report)
    {
        RecordLogOpening opening = RecordLogOpening.Open(files, options, visitor, out report);
        try
        {
            return new FasterRecordLog(opening, options);
        }
        catch
        {
            opening.Dispose();
            throw;
        }
    }

    protected override void AppendFrame(in RecordFrame frame, ReadOnlySpan<byte> head, ReadOnlySpan<byte> body)
    {
        _entry.Set(frame, TailAddress, head, body);
        long address = Enqueue();
        if (address != TailAddress)
        {
            throw new StorageFailedException(
                $"FasterLog put a record at address {address} instead of {TailAddress}. Report this as a defect.");
        }

        Appender.Appended(frame);
    }

    protected override void WriteOut()
    {
        _device.DurableAddress = DurableAddress;
        long tail = TailAddress;
        Commit();
        SpinWait wait = default;
        long deadline = Environment.TickCount64 + (long)StallMax.TotalMilliseconds;
        while (_log.FlushedUntilAddress < tail)
        {
            ThrowIfStalled(deadline);
            wait.SpinOnce();
        }

        if (_device.Fault is { } fault)
        {
            throw fault;
        }
    }

    protected override void Release()
    {
        if (_device.Fault is null && SpinWait.SpinUntil(
            () => _log.CommittedUntilAddress >= TailAddress, TimeSpan.FromSeconds(1)))
        {
            _log.Dispose();
        }
    }

    private long Enqueue()
    {
        try
        {
            long address;
            if (!_log.TryEnqueue(_entry, out address))
            {
                // The pages are full of what was appended since the last flush: let them be written, unsynced, and go
                // on.
                WriteOut();
                SpinWait wait = default;
                long deadline = Environment.TickCount64 + (long)StallMax.TotalMilliseconds;
                while (!_log.TryEnqueue(_entry, out address))
                {
                    ThrowIfStalled(deadline);
                    wait.SpinOnce();
                }
            }

            return address;
        }
        catch (CommitFailureException) when (_device.Fault is not null)
        {
            throw _device.Fault;
        }
    }

    // FasterLog says that a page could not be written, the device why.
    private void Commit()
    {
        try
        {
            _log.Commit(spinWait: false);
        }
        catch (CommitFailureException) when (_device.Fault is not null)
        {
            throw _device.Fault;
        }
    }

    private void ThrowIfStalled(long deadline)
    {
        if (_device.Fault is { } fault)
        {
            throw fault;
        }

        if (Environment.TickCount64 > deadline)
        {
            throw new StorageFailedException(
                $"FasterLog did not write its pages within {StallMax.TotalSeconds} s. Check the disk, then start the "
                    + $"node again.");
        }
    }

    /// <summary>A framed record on its way into a page of FasterLog.</summary>
    private sealed class FrameEntry : ILogEnqueueEntry
    {
        private byte[] _bytes = new byte[4096];

        public int SerializedLength { get; private set; }

        public void Set(in RecordFrame frame, long address, ReadOnlySpan<byte> head, ReadOnlySpan<byte> body)
        {
            if (_bytes.Length < frame.FrameBytes)
            {
                _bytes = new byte[frame.FrameBytes * 2];
            }

            frame.WriteTo(_bytes.AsSpan(0, frame.FrameBytes), address, head, body);
            SerializedLength = frame.FrameBytes - RecordFrame.LengthBytes;
        }

        public void SerializeTo(Span<byte> dest) =>
            _bytes.AsSpan(RecordFrame.LengthBytes, SerializedLength).CopyTo(dest);
    }
}
