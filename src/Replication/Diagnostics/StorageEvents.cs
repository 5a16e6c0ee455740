using Microsoft.Extensions.Logging;

namespace Replication.Diagnostics;

/// <summary>Log lines of disks and logs: 3000 to 3999.</summary>
internal static partial class StorageEvents
{
    [LoggerMessage(3001, LogLevel.Information, "Group {GroupName}: checkpoint at {Index} is durable.")]
    public static partial void CheckpointDurable(this ILogger logger, string groupName, long index);

    [LoggerMessage(3002, LogLevel.Information, "Group {GroupName}: log compacted up to {Index}; {Bytes} bytes "
        + "are kept.")]
    public static partial void LogCompacted(this ILogger logger, string groupName, long index, long bytes);

    [LoggerMessage(3003, LogLevel.Warning, "Group {GroupName}: the log holds {Bytes} bytes, more than "
        + "{BytesMax}: writes are rejected, because member {Member} still needs entries from {Index} on.")]
    public static partial void LogIsFull(this ILogger logger, string groupName, long bytes, long bytesMax,
        int member, long index);

    [LoggerMessage(3004, LogLevel.Information, "Group {GroupName}: the log has room again: {Bytes} bytes.")]
    public static partial void LogHasRoom(this ILogger logger, string groupName, long bytes);

    [LoggerMessage(3005, LogLevel.Warning, "The disk has {FreeBytes} bytes left, less than the reserve of "
        + "{ReserveBytes}: writes are rejected and leadership is given away.")]
    public static partial void DiskIsFull(this ILogger logger, long freeBytes, long reserveBytes);

    [LoggerMessage(3006, LogLevel.Information, "The disk has room again: {FreeBytes} bytes.")]
    public static partial void DiskHasRoom(this ILogger logger, long freeBytes);

    [LoggerMessage(3007, LogLevel.Warning,
        "The end of {File} was cut at offset {Offset}: up to {Bytes} bytes of a write that was never confirmed.")]
    public static partial void TornTailCut(this ILogger logger, string file, long offset, long bytes);

    [LoggerMessage(3008, LogLevel.Warning, "The disk has finished none of {Batches} writes for {Milliseconds} ms; "
        + "until it does, this node gives away what it leads.")]
    public static partial void DiskFinishesNothing(this ILogger logger, int batches, long milliseconds);
}
