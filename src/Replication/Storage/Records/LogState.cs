using System.Buffers.Binary;
using Replication.Errors;
using Replication.Storage.Files;

namespace Replication.Storage.Records;

/// <summary>What is known of a log beside its records.</summary>
internal readonly record struct LogState
{
    /// <summary>The format that this release writes.</summary>
    public const int FormatVersion = 1;

    public const int Bytes = 64;

    public int PageBits { get; init; }

    public int SegmentBits { get; init; }

    public int SectorBytes { get; init; }

    /// <summary>
    /// Gets how often the log was opened; durable before the first record of that opening is written.
    /// </summary>
    public int BootCount { get; init; }

    public long BeginAddress { get; init; }

    /// <summary>Gets the durable-until hint: what is broken below it was once whole.</summary>
    public long DurableAddress { get; init; }

    /// <summary>
    /// Gets the first segment whose file is an old one renamed, so that old bytes past the tail are no sign of a torn
    /// write.
    /// </summary>
    public long RecycledFrom { get; init; }

    /// <summary>Gets whether the log was closed and the hint is its very end.</summary>
    public bool IsClean { get; init; }

    /// <summary>Writes the state: format version first, checksum last.</summary>
    public void Write(Span<byte> destination, long turn)
    {
        destination[..Bytes].Clear();
        BinaryPrimitives.WriteInt32LittleEndian(destination, FormatVersion);
        destination[4] = (byte)PageBits;
        destination[5] = (byte)SegmentBits;
        destination[6] = IsClean ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteInt32LittleEndian(destination[8..], SectorBytes);
        BinaryPrimitives.WriteInt32LittleEndian(destination[12..], BootCount);
        BinaryPrimitives.WriteInt64LittleEndian(destination[16..], turn);
        BinaryPrimitives.WriteInt64LittleEndian(destination[24..], BeginAddress);
        BinaryPrimitives.WriteInt64LittleEndian(destination[32..], DurableAddress);
        BinaryPrimitives.WriteInt64LittleEndian(destination[40..], RecycledFrom);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[60..], Crc32C.Compute(destination[..60]));
    }

    /// <summary>Reads a state if its checksum fits.</summary>
    public static bool TryRead(ReadOnlySpan<byte> source, out LogState state, out int formatVersion, out long turn)
    {
        formatVersion = BinaryPrimitives.ReadInt32LittleEndian(source);
        turn = BinaryPrimitives.ReadInt64LittleEndian(source[16..]);
        state = new LogState
        {
            PageBits = source[4],
            SegmentBits = source[5],
            IsClean = source[6] != 0,
            SectorBytes = BinaryPrimitives.ReadInt32LittleEndian(source[8..]),
            BootCount = BinaryPrimitives.ReadInt32LittleEndian(source[12..]),
            BeginAddress = BinaryPrimitives.ReadInt64LittleEndian(source[24..]),
            DurableAddress = BinaryPrimitives.ReadInt64LittleEndian(source[32..]),
            RecycledFrom = BinaryPrimitives.ReadInt64LittleEndian(source[40..]),
        };
        return BinaryPrimitives.ReadUInt32LittleEndian(source[60..]) == Crc32C.Compute(source[..60]);
    }
}

/// <summary>
/// The file that holds a log's state in two slots, written in turn, so that a torn write leaves the state before it.
/// </summary>
internal sealed class LogStateFile : IDisposable
{
    public const string Name = "state";

    /// <summary>Distance of the slots: the largest sector, so that they never share one.</summary>
    public const int SlotDistance = 65_536;

    private readonly IFile _file;
    private long _turn;

    private LogStateFile(IFile file, LogState state, long turn)
    {
        _file = file;
        _turn = turn;
        State = state;
    }

    /// <summary>Gets what was last written.</summary>
    public LogState State { get; private set; }

    /// <summary>Opens the state of a log; null if the log was never created.</summary>
    public static LogStateFile? Open(IFileSystem files, string directory)
    {
        if (!files.List(directory).Contains(Name))
        {
            return null;
        }

        string path = FilePath.Combine(directory, Name);
        IFile file = files.Open(path, FileOpenMode.Existing);
        LogState newest = default;
        long newestTurn = -1;
        Span<byte> slot = stackalloc byte[LogState.Bytes];
        for (int i = 0; i < 2; i++)
        {
            slot.Clear();
            file.Read((long)i * SlotDistance, slot);
            if (LogState.TryRead(slot, out LogState state, out int version, out long turn) && turn > newestTurn)
            {
                if (version != LogState.FormatVersion)
                {
                    file.Dispose();
                    throw new DataDirectoryException(
                        $"{path} has format version {version}; this release reads version {LogState.FormatVersion}. "
                            + $"Use the release that wrote it, or a later one.");
                }

                (newest, newestTurn) = (state, turn);
            }
        }

        if (newestTurn < 0)
        {
            file.Dispose();
            throw new StorageCorruptedException(
                path, 0, "neither of the two copies of the log's state has a valid checksum. Keep the directory for "
                    + "analysis; an empty one is no substitute: the peers refuse it under this node's number.");
        }

        return new LogStateFile(file, newest, newestTurn);
    }

    /// <summary>
    /// Creates the state of a new log: written, synced and renamed into place, so that it is never there in part.
    /// </summary>
    public static LogStateFile Create(IFileSystem files, string directory, LogState state)
    {
        string path = FilePath.Combine(directory, Name);
        string temporary = path + ".tmp";
        files.Delete(temporary);
        IFile file = files.Open(temporary, FileOpenMode.New);
        var created = new LogStateFile(file, state, 0);
        created.WriteBoth(state);
        files.Rename(temporary, path);
        files.SyncDirectory(directory);
        return created;
    }

    /// <summary>Writes one slot and syncs it.</summary>
    public void Write(LogState state)
    {
        Span<byte> slot = stackalloc byte[LogState.Bytes];
        long turn = _turn + 1;
        state.Write(slot, turn);
        _file.Write((turn & 1) * SlotDistance, slot);
        _file.Sync();
        _turn = turn;
        State = state;
    }

    /// <summary>Writes both slots, one after the other: afterwards a single damaged slot loses nothing.</summary>
    public void WriteBoth(LogState state)
    {
        Write(state);
        Write(state);
    }

    public void Dispose() => _file.Dispose();
}
