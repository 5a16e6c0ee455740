using FASTER.core;
using Replication.Storage.Records;

namespace Replication.Faster.Records;

/// <summary>
/// The device under FasterLog: writes into our segment files, on the thread that asks, without syncing.
/// </summary>
/// <remarks>
/// After the first error it does nothing any more but report it. FASTER's threads never see an exception from here, and
/// what was
/// durable is never written again, whatever FASTER asks for.
/// </remarks>
internal sealed class SegmentDevice(SegmentFiles segments, string name)
    : StorageDeviceBase(name, (uint)segments.Geometry.SectorBytes, Devices.CAPACITY_UNSPECIFIED)
{
    private const uint Failed = 5;

    private Exception? _fault;
    private long _durableAddress;

    /// <summary>Gets the first error.</summary>
    public Exception? Fault => Volatile.Read(ref _fault);

    /// <summary>Gets or sets the address below which nothing is written.</summary>
    public long DurableAddress
    {
        get => Volatile.Read(ref _durableAddress);
        set => Volatile.Write(ref _durableAddress, value);
    }

    public override unsafe void WriteAsync(
        IntPtr sourceAddress,
        int segmentId,
        ulong destinationAddress,
        uint numBytesToWrite,
        DeviceIOCompletionCallback callback,
        object context)
    {
        try
        {
            if (Fault is null)
            {
                var bytes = new ReadOnlySpan<byte>((void*)sourceAddress, checked((int)numBytesToWrite));
                long address = segments.Geometry.SegmentStart(segmentId) + (long)destinationAddress;
                int durable = (int)Math.Clamp(DurableAddress - address, 0, bytes.Length);
                segments.Write(address + durable, bytes[durable..]);
            }
        }
        catch (Exception exception)
        {
            Volatile.Write(ref _fault, exception);
        }

        callback(Fault is null ? 0 : Failed, numBytesToWrite, context);
    }

    public override unsafe void ReadAsync(
        int segmentId,
        ulong sourceAddress,
        IntPtr destinationAddress,
        uint readLength,
        DeviceIOCompletionCallback callback,
        object context)
    {
        try
        {
            var bytes = new Span<byte>((void*)destinationAddress, checked((int)readLength));
            int read = segments.Read(segments.Geometry.SegmentStart(segmentId) + (long)sourceAddress, bytes);
            bytes[read..].Clear();
        }
        catch (Exception exception)
        {
            Volatile.Write(ref _fault, exception);
        }

        callback(Fault is null ? 0 : Failed, readLength, context);
    }

    /// <summary>Does nothing: the record log recycles segments itself, and never truncates through FasterLog.</summary>
    public override void RemoveSegmentAsync(int segment, AsyncCallback callback, IAsyncResult result) =>
        callback(result);

    public override void Dispose()
    {
        // The files belong to the record log.
    }
}
