using System.Buffers.Binary;
using Replication.Errors;
using Replication.Storage.Records;

namespace Replication.Storage.Files;

/// <summary>Small files that are there as a whole or not at all: format version, length, checksum, content.</summary>
/// <remarks>
/// Written beside its place, synced, renamed into place, the directory synced: durable when <see cref="Write"/>
/// returns.
/// </remarks>
internal static class AtomicFile
{
    /// <summary>Ending of the name under which a file is written first; leftovers of a crash have it.</summary>
    public const string TemporaryEnding = ".tmp";

    private const int HeaderBytes = 12;

    public static void Write(IFileSystem files, string path, int formatVersion, ReadOnlySpan<byte> content)
    {
        byte[] bytes = new byte[HeaderBytes + content.Length];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, formatVersion);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4), content.Length);
        content.CopyTo(bytes.AsSpan(HeaderBytes));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), Sum(bytes));
        string temporary = path + TemporaryEnding;
        files.Delete(temporary);
        using (IFile file = files.Open(temporary, FileOpenMode.New))
        {
            file.Write(0, bytes);
            file.Sync();
        }

        files.Rename(temporary, path);
        files.SyncDirectory(FilePath.Parent(path));
    }

    /// <summary>Reads a file's content.</summary>
    /// <exception cref="DataDirectoryException">It has another format version.</exception>
    /// <exception cref="StorageCorruptedException">It is damaged.</exception>
    public static byte[] Read(IFileSystem files, string path, int formatVersion)
    {
        using IFile file = files.Open(path, FileOpenMode.Existing);
        byte[] bytes = new byte[file.Length];
        int read = file.Read(0, bytes);
        if (read < HeaderBytes || read != bytes.Length)
        {
            throw Damaged(path, read, $"it has {read} bytes, fewer than a header");
        }

        int length = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(4));
        if (length != bytes.Length - HeaderBytes)
        {
            throw Damaged(
                path, 4, $"it says that {length} bytes follow the header, but {bytes.Length - HeaderBytes} do");
        }

        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(8)) != Sum(bytes))
        {
            throw Damaged(path, 8, "its checksum doesn't fit its content");
        }

        int found = BinaryPrimitives.ReadInt32LittleEndian(bytes);
        return found == formatVersion
            ? bytes[HeaderBytes..]
            : throw new DataDirectoryException(
                $"{path} has format version {found}; this release reads version {formatVersion}. Use the release that "
                    + $"wrote it, or a later one.");
    }

    private static uint Sum(ReadOnlySpan<byte> bytes) =>
        ~Crc32C.Append(Crc32C.Append(~0u, bytes[..8]), bytes[HeaderBytes..]);

    private static StorageCorruptedException Damaged(string path, long offset, string what) => new(
        path, offset, $"{what}. The disk has lost data that it had confirmed. Keep the directory for analysis; an "
            + "empty one is no substitute: the peers refuse it under this node's number.");
}
