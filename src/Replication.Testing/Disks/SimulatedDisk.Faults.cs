using Replication.Errors;
using Replication.Storage.Files;

namespace Replication.Testing.Disks;

/// <content>What is wrong with the disk, and how long it takes.</content>
public sealed partial class SimulatedDisk
{
    private const string InputOutputError = "Input/output error (error 5). Check the disk, then start the node again";

    private TimeSpan _latency;

    /// <summary>Gets the faults that strike at calls, and the counters of all of them.</summary>
    public DiskFaults Faults { get; } = new();

    /// <summary>Gets or sets how long calls take.</summary>
    /// <value>The default value is no time at all.</value>
    public DiskLatency Latency { get; set; }

    /// <summary>Gets or sets how many times longer than that they take: a disk that works, but barely.</summary>
    /// <value>The default value is 1. At least 1.</value>
    public int SlowFactor { get; set; } = 1;

    /// <summary>Gets how long the calls since the last time this was asked would have taken on a real disk.</summary>
    /// <returns>The time; the driver of virtual time lets it pass before it does what waits for these calls.</returns>
    public TimeSpan TakeLatency()
    {
        TimeSpan taken = _latency;
        _latency = TimeSpan.Zero;
        return taken;
    }

    /// <summary>Makes the next call take longer, once.</summary>
    /// <param name="time">By how much.</param>
    public void Stall(TimeSpan time)
    {
        Faults.Count(DiskFault.Slowness);
        _latency += time;
    }

    /// <summary>Flips a bit of a file, for good.</summary>
    /// <param name="path">The file.</param>
    /// <param name="offset">The byte.</param>
    /// <param name="bit">The bit, from 0 to 7.</param>
    /// <returns>
    /// Whether there is such a byte and nothing is pending on its sector; counted as a hit when it is first read.
    /// </returns>
    public bool FlipBit(string path, long offset, int bit)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)bit, 7u);
        return ContentOf(path) is { } content && content.Flip(offset, bit);
    }

    /// <summary>Makes a sector of a file unreadable until it is written and synced again.</summary>
    /// <param name="path">The file.</param>
    /// <param name="offset">A byte of the sector.</param>
    /// <returns>Whether there is such a byte.</returns>
    public bool MakeUnreadable(string path, long offset)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        if (ContentOf(path) is not { } content || offset >= content.Bytes.Length)
        {
            return false;
        }

        content.MakeUnreadable(offset);
        return true;
    }

    /// <summary>Makes all sectors readable again: what kept them from being read is over.</summary>
    internal void MakeReadable() => _names.Contents().ForEach(content => content.MakeReadable());

    /// <summary>Drops clean pages from the cache, as a system does that runs for long: reads see the medium.</summary>
    public void DropCache() => _names.Contents().ForEach(content => content.DropCache());

    private SimulatedContent? ContentOf(string path)
    {
        FilePath.Check(path);
        return _names.Find(FilePath.Parent(path)) is { } directory
            && directory.Current.TryGetValue(FilePath.Name(path), out NameEntry entry)
                ? entry.Content
                : null;
    }

    private void Spend(TimeSpan mean)
    {
        if (mean != TimeSpan.Zero)
        {
            _latency += DiskLatency.Draw(mean, _stream) * SlowFactor;
            Faults.Count(DiskFault.Slowness, SlowFactor > 1 ? 1 : 0);
        }
    }

    private StorageFailedException NoSpace(string operation, string path)
    {
        Faults.Count(DiskFault.NoSpace);
        return Failure(operation, path, $"No space left on device (error 28): {GetFreeBytes()} of {CapacityBytes} "
            + "bytes are free. Free some space, then start the node again");
    }

    /// <summary>Fails a write, if it must, after some of it took place.</summary>
    private StorageFailedException? FailWrite(string path, long grown, ref ReadOnlySpan<byte> source)
    {
        if (grown > 0 && _usedBytes + grown > CapacityBytes)
        {
            source = source[..(int)Math.Clamp(source.Length - grown + GetFreeBytes(), 0, source.Length)];
            return NoSpace("write", path);
        }

        if (Faults.Strikes(DiskFault.NoSpace, _stream))
        {
            source = source[..(source.Length / 2)];
            return NoSpace("write", path);
        }

        if (Faults.Strikes(DiskFault.WriteError, _stream))
        {
            source = source[..(source.Length / 2)];
            Faults.Count(DiskFault.WriteError);
            return Failure("write", path, InputOutputError);
        }

        return null;
    }

    private void CheckRead(string path, SimulatedContent content, long offset, int bytes)
    {
        if (Faults.Strikes(DiskFault.ReadError, _stream))
        {
            content.MakeUnreadable(offset);
        }

        if (content.Medium is { } medium)
        {
            if (medium.IsUnreadable(offset, offset + bytes))
            {
                Faults.Count(DiskFault.ReadError);
                throw Failure("read", path, InputOutputError);
            }

            Faults.Count(DiskFault.BitRot, medium.TakeRotted(offset, offset + bytes) ? 1 : 0);
        }
    }

    /// <summary>Syncs a file in one of the ways in which a sync goes wrong.</summary>
    /// <returns>Whether it did; if not, the sync is still to be done.</returns>
    private bool SyncWrongly(string path, SimulatedContent content)
    {
        if (Faults.Strikes(DiskFault.LyingFlush, _stream))
        {
            content.LieUntil(Position);
            return true;
        }

        bool misdirects = Faults.Strikes(DiskFault.MisdirectedWrite, _stream);
        bool keeps = Faults.Strikes(DiskFault.SyncErrorKeepsPages, _stream);
        bool reverts = Faults.Strikes(DiskFault.SyncErrorReverts, _stream);
        if (!misdirects && !keeps && !reverts && !Faults.Strikes(DiskFault.LostWrite, _stream))
        {
            return false;
        }

        // What went before has happened: a power loss can't come earlier than damage that can't be undone.
        Settle(Position);
        if (!keeps && !reverts)
        {
            bool found = content.SyncAllButOne(_stream, misdirects);
            Faults.Count(misdirects ? DiskFault.MisdirectedWrite : DiskFault.LostWrite, found ? 1 : 0);
            return true;
        }

        if (reverts)
        {
            long before = content.Bytes.Length;
            content.Rewind(-1);
            _usedBytes += content.Bytes.Length - before;
        }
        else
        {
            content.FailSyncKeepingPages();
        }

        Faults.Count(reverts ? DiskFault.SyncErrorReverts : DiskFault.SyncErrorKeepsPages);
        throw Failure("sync", path, InputOutputError);
    }
}
