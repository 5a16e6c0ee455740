using Replication.Errors;
using Replication.Storage.Files;

namespace Replication.Storage.Records;

/// <summary>
/// An append-only log of checksummed records in segment files: what the write-ahead log and the key-value engine stand
/// on.
/// </summary>
/// <remarks>
/// One owner appends, flushes and truncates; <see cref="Read"/> is callable from any thread for durable records. Both
/// implementations
/// (on FasterLog, and the deterministic writer) leave the same bytes. After a failed call the log is faulted for good
/// and every
/// later call fails with the first error.
/// </remarks>
public interface IRecordLog : IDisposable
{
    /// <summary>Gets the address of the first record.</summary>
    long BeginAddress { get; }

    /// <summary>Gets the address that the next record gets.</summary>
    long TailAddress { get; }

    /// <summary>Gets the address below which everything is durable.</summary>
    long DurableAddress { get; }

    /// <summary>
    /// Appends a record made of two parts. In memory only until <see cref="Flush"/>, though it may reach the disk
    /// earlier.
    /// </summary>
    /// <param name="head">The first part.</param>
    /// <param name="body">
    /// The second part; may be empty. Both together are at least 1 byte and at most <see
    /// cref="RecordLogOptions.RecordBytesMax"/>.
    /// </param>
    /// <returns>The record's address.</returns>
    /// <exception cref="ArgumentException">Empty or too large.</exception>
    long Append(ReadOnlySpan<byte> head, ReadOnlySpan<byte> body);

    /// <summary>
    /// Makes every appended record durable, ending on a sector boundary, so that no durable sector is ever written
    /// again.
    /// </summary>
    /// <exception cref="StorageFailedException">A write or sync failed.</exception>
    void Flush();

    /// <summary>Gives up the records below an address; their space returns by whole segments.</summary>
    /// <param name="address">
    /// The address of the first record that is still needed, or the tail; at most <see cref="DurableAddress"/>.
    /// </param>
    /// <remarks>Opening the log again may show records below it whose segment is still there.</remarks>
    void TruncatePrefix(long address);

    /// <summary>
    /// Makes the durable-until hint durable, if the log moved since: damage below it is refused from then on.
    /// </summary>
    /// <remarks>
    /// Only the last flush needs it: each record testifies for all flushes before its own. So the owner calls this when
    /// nothing was
    /// appended for <see cref="RecordLogOptions.HintInterval"/>; the log itself has no clock. Disposing does it too.
    /// </remarks>
    /// <exception cref="StorageFailedException">A write or sync failed.</exception>
    void WriteHint();

    /// <summary>Reads a durable record.</summary>
    /// <param name="address">Its address.</param>
    /// <param name="destination">As long as head and body together were.</param>
    /// <exception cref="StorageCorruptedException">The checksum or length doesn't fit.</exception>
    void Read(long address, Span<byte> destination);
}

/// <summary>Receives the records of a log while it is opened, in order.</summary>
public interface IRecordVisitor
{
    /// <summary>Takes one record.</summary>
    /// <param name="address">Its address.</param>
    /// <param name="payload">Head and body; valid during the call.</param>
    void Visit(long address, ReadOnlySpan<byte> payload);
}

/// <summary>Opens record logs of one kind.</summary>
public interface IRecordLogFactory
{
    /// <summary>
    /// Opens a log, creating it if it isn't there: scans it, cuts a torn tail, refuses damage below the durable-until
    /// hint.
    /// </summary>
    /// <param name="files">Where the files are.</param>
    /// <param name="options">Name, sizes and limits.</param>
    /// <param name="visitor">Receives every record found.</param>
    /// <param name="report">What was cut, if anything.</param>
    /// <returns>The open log.</returns>
    /// <exception cref="StorageCorruptedException">Damage where everything had been durable.</exception>
    IRecordLog Open(IFileSystem files, RecordLogOptions options, IRecordVisitor visitor, out RecordLogReport report);
}

/// <summary>What the opening of a record log found.</summary>
/// <param name="Records">How many records.</param>
/// <param name="BootCount">How often the log was opened, this time included.</param>
/// <param name="CutFile">The file whose torn tail was cut; null if none was.</param>
/// <param name="CutOffset">Where the cut is, in bytes.</param>
/// <param name="CutBytes">How many bytes that are not zero were cut, at most.</param>
public readonly record struct RecordLogReport(
    long Records, int BootCount, string? CutFile, long CutOffset, long CutBytes);

/// <summary>Name, sizes and limits of a record log.</summary>
public sealed class RecordLogOptions
{
    /// <summary>Gets the directory of the segment files, relative to the file system's root.</summary>
    public required string Directory { get; init; }

    /// <summary>
    /// Gets the page size as a power of two; a record fits in one page. Fixed once the log is created.
    /// </summary>
    /// <value>The default value is 22 (4 MiB). From 10 to 24.</value>
    public int PageSizeBits { get; init; } = 22;

    /// <summary>Gets the memory for pages as a power of two; at least two pages.</summary>
    /// <value>The default value is 24 (16 MiB). From one more than <see cref="PageSizeBits"/> to 30.</value>
    public int MemorySizeBits { get; init; } = 24;

    /// <summary>Gets the segment size as a power of two; at least one page. Fixed once the log is created.</summary>
    /// <value>The default value is 26 (64 MiB). From <see cref="PageSizeBits"/> to 30.</value>
    public int SegmentSizeBits { get; init; } = 26;

    /// <summary>
    /// Gets the sector size in bytes: a power of two; flushes end on its multiples. Fixed once the log is created.
    /// </summary>
    /// <value>The default value is 4,096. From 512 to 65,536, at most a page.</value>
    public int SectorBytes { get; init; } = 4096;

    /// <summary>
    /// Gets by how many bytes of zeros a segment file is grown ahead of small flushes; 0 for not at all.
    /// </summary>
    /// <remarks>
    /// A flush into bytes that a file already has is one write and one barrier; one that makes the file longer costs
    /// the file system a second write and barrier for its own records. Large flushes, over a sixteenth of this, share
    /// that cost among many and are not worth writing everything twice. Recycled segments need no zeros.
    /// </remarks>
    /// <value>The default value is 0. From 0 to 16 MiB.</value>
    public int GrowthBytes { get; init; }

    /// <summary>
    /// Gets how long after the last flush the owner writes the durable-until hint, see <see
    /// cref="IRecordLog.WriteHint"/>.
    /// </summary>
    /// <value>The default value is 50 ms. From 1 ms to 10 s.</value>
    public TimeSpan HintInterval { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Gets the largest payload of a record in bytes: a page less the framing.</summary>
    public int RecordBytesMax => (1 << PageSizeBits) - 64;

    /// <summary>Checks the values against their bounds and each other.</summary>
    /// <exception cref="ArgumentException">A value is out of its bounds; the message names both.</exception>
    internal void Validate()
    {
        ArgumentException.ThrowIfNullOrEmpty(Directory);
        Check(nameof(PageSizeBits), PageSizeBits, 10, 24);
        Check(nameof(MemorySizeBits), MemorySizeBits, PageSizeBits + 1, 30);
        Check(nameof(SegmentSizeBits), SegmentSizeBits, PageSizeBits, 30);
        Check(nameof(SectorBytes), SectorBytes, 512, Math.Min(65_536, 1 << PageSizeBits));
        Check(nameof(GrowthBytes), GrowthBytes, 0, 16 << 20);
        if (!System.Numerics.BitOperations.IsPow2(SectorBytes))
        {
            throw new ArgumentException($"SectorBytes is {SectorBytes}; it must be a power of two.");
        }

        if (HintInterval < TimeSpan.FromMilliseconds(1) || HintInterval > TimeSpan.FromSeconds(10))
        {
            throw new ArgumentException($"HintInterval is {HintInterval}; it must be from 1 ms to 10 s.");
        }
    }

    private static void Check(string name, int value, int min, int max)
    {
        if (value < min || value > max)
        {
            throw new ArgumentException($"{name} is {value}; it must be from {min} to {max}.");
        }
    }
}
