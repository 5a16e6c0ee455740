using System.Globalization;
using Replication.Errors;
using Replication.Storage.Files;

namespace Replication.Storage.Records;

/// <summary>
/// The segment files of one log: a byte space of addresses over files of equal size, written, synced, cut and recycled.
/// </summary>
/// <remarks><see cref="Read"/> is callable from any thread, everything else belongs to the log's owner.</remarks>
internal sealed class SegmentFiles : IDisposable
{
    /// <summary>How many segments past the tail are kept ready; more are deleted.</summary>
    public const int SparesMax = 2;

    private const string Prefix = "log.";

    private readonly IFileSystem _files;
    private readonly string _directory;
    private readonly SortedSet<long> _unsynced = [];
    private readonly byte[] _zeros;
    private bool _directoryUnsynced;
    private (long Segment, long Length) _tail = (-1, 0);

    // Replaced as a whole, so that readers on other threads need no lock.
    private SortedList<long, IFile> _open = [];

    /// <summary>Opens the files there are.</summary>
    /// <param name="files">Where they are.</param>
    /// <param name="options">Their directory, and by how much they grow ahead.</param>
    public SegmentFiles(IFileSystem files, RecordLogOptions options)
    {
        string directory = options.Directory;
        _files = files;
        _directory = directory;
        _zeros = new byte[options.GrowthBytes];
        Geometry = new RecordGeometry(options);
        foreach (string name in files.List(directory))
        {
            if (TryParse(name, out long segment))
            {
                _open.Add(segment, files.Open(FilePath.Combine(directory, name), FileOpenMode.Existing));
            }
        }
    }

    public RecordGeometry Geometry { get; }

    /// <summary>Gets the numbers of the files there are, in order.</summary>
    public IList<long> Segments => _open.Keys;

    public static string FileName(string directory, long segment) =>
        FilePath.Combine(directory, Prefix + segment.ToString(CultureInfo.InvariantCulture));

    public string FileName(long segment) => FileName(_directory, segment);

    public long LengthOf(long segment) => _open.TryGetValue(segment, out IFile? file) ? file.Length : 0;

    /// <summary>Reads within one segment; returns how many bytes there were.</summary>
    public int Read(long address, Span<byte> destination) =>
        Volatile.Read(ref _open).TryGetValue(Geometry.SegmentOf(address), out IFile? file)
            ? file.Read(Geometry.OffsetInSegment(address), destination)
            : 0;

    /// <summary>Writes bytes, over as many segments as it takes.</summary>
    public void Write(long address, ReadOnlySpan<byte> source)
    {
        while (!source.IsEmpty)
        {
            long segment = Geometry.SegmentOf(address);
            long offset = Geometry.OffsetInSegment(address);
            int count = (int)Math.Min(source.Length, Geometry.SegmentBytes - offset);
            IFile file = FileOf(segment);
            file.Write(offset, source[..count]);
            _unsynced.Add(segment);
            GrowAhead(segment, file, offset + count, count);
            address += count;
            source = source[count..];
        }
    }

    /// <summary>Makes everything written durable, files first and then their names.</summary>
    public void Sync()
    {
        foreach (long segment in _unsynced)
        {
            _open[segment].Sync();
        }

        _unsynced.Clear();
        SyncDirectory();
    }

    /// <summary>Has the segments from one on read as the disk holds them, as far as the kernel follows the advice: what
    /// a former process left in memory becomes durable, and what a failed sync of it left there is
    /// forgotten.</summary>
    public void Distrust(long first)
    {
        foreach ((long segment, IFile file) in _open)
        {
            if (segment >= first)
            {
                file.Sync();
                file.DropCache();
            }
        }

        _directoryUnsynced = true;
    }

    /// <summary>Takes everything from an address on off the disk; durable after <see cref="Sync"/>.</summary>
    public void Cut(long address)
    {
        long segment = Geometry.SegmentOf(address);
        foreach (long later in Segments.Where(candidate => candidate > segment).ToArray())
        {
            Delete(later);
        }

        // In front of the first record nothing is kept either: a torn first write may have left garbage there.
        long offset = address <= RecordGeometry.FirstAddress ? 0 : Geometry.OffsetInSegment(address);
        if (LengthOf(segment) > offset)
        {
            _open[segment].SetLength(offset);
            _tail = (-1, 0);
            _unsynced.Add(segment);
        }
    }

    /// <summary>
    /// Turns the segments before one into spares past the last, by rename, and deletes those in excess.
    /// </summary>
    /// <param name="firstKept">The first segment that stays what it is.</param>
    /// <param name="tail">The segment that is written now; spares come after it.</param>
    public void Recycle(long firstKept, long tail)
    {
        foreach (long doomed in Segments.Where(segment => segment < firstKept).ToArray())
        {
            long target = Math.Max(Segments[^1], tail) + 1;
            if (target > tail + SparesMax || LengthOf(doomed) != Geometry.SegmentBytes)
            {
                Delete(doomed);
                continue;
            }

            IFile file = _open[doomed];
            _files.Rename(FileName(doomed), FileName(target));
            _directoryUnsynced = true;
            Replace(open =>
            {
                open.Remove(doomed);
                open.Add(target, file);
            });
        }

        SyncDirectory();
    }

    /// <summary>Deletes the segments before one.</summary>
    public void DeleteBefore(long firstKept)
    {
        foreach (long doomed in Segments.Where(segment => segment < firstKept).ToArray())
        {
            Delete(doomed);
        }

        SyncDirectory();
    }

    public void Dispose()
    {
        foreach (IFile file in _open.Values)
        {
            file.Dispose();
        }
    }

    /// <summary>Makes an error that names the file and the place of an address.</summary>
    public StorageCorruptedException Corrupted(long address, string message) =>
        new(FileName(Geometry.SegmentOf(address)), Geometry.OffsetInSegment(address), message);

    private static bool TryParse(string name, out long segment)
    {
        segment = 0;
        return name.StartsWith(Prefix, StringComparison.Ordinal)
            && long.TryParse(name.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out segment);
    }

    private IFile FileOf(long segment)
    {
        if (!_open.TryGetValue(segment, out IFile? file))
        {
            file = _files.Open(FileName(segment), FileOpenMode.ExistingOrNew);
            _directoryUnsynced = true;
            Replace(open => open.Add(segment, file));
        }

        return file;
    }

    // Zeros past the end of the log are no record; like old bytes of a recycled file they are written over.
    private void GrowAhead(long segment, IFile file, long end, int written)
    {
        if (written > _zeros.Length / 16)
        {
            return;
        }

        if (_tail.Segment != segment)
        {
            _tail = (segment, file.Length);
        }

        if (end >= _tail.Length && end < Geometry.SegmentBytes)
        {
            int bytes = (int)Math.Min(_zeros.Length, Geometry.SegmentBytes - end);
            file.Write(end, _zeros.AsSpan(0, bytes));
            _tail = (segment, end + bytes);
        }
    }

    private void Delete(long segment)
    {
        IFile file = _open[segment];
        Replace(open => open.Remove(segment));
        _unsynced.Remove(segment);
        file.Dispose();
        _files.Delete(FileName(segment));
        _directoryUnsynced = true;
    }

    private void SyncDirectory()
    {
        if (_directoryUnsynced)
        {
            _files.SyncDirectory(_directory);
            _directoryUnsynced = false;
        }
    }

    private void Replace(Action<SortedList<long, IFile>> change)
    {
        var next = new SortedList<long, IFile>(_open);
        change(next);
        Volatile.Write(ref _open, next);
    }
}
