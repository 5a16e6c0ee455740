using Replication.Errors;

namespace Replication.Storage.Files;

/// <summary>
/// The files of one node, as far as durability needs to see them. Paths are relative to the file system's root, with
/// '/' between parts.
/// </summary>
/// <remarks>
/// Callable from any thread. Every failure is a <see cref="StorageFailedException"/> that names the operation, the path
/// and the
/// system's error; after a failed sync nothing about the file may be trusted. The directory entry of a created, renamed
/// or deleted
/// file is durable only after <see cref="SyncDirectory"/>.
/// </remarks>
public interface IFileSystem
{
    /// <summary>Opens a file for positioned reads and writes.</summary>
    /// <param name="path">The file.</param>
    /// <param name="mode">Whether it must exist.</param>
    /// <returns>The open file; the caller disposes it.</returns>
    IFile Open(string path, FileOpenMode mode);

    /// <summary>
    /// Lists the names of the files and directories directly in a directory, in ordinal order; empty if there is no
    /// such directory.
    /// </summary>
    /// <param name="directory">The directory; empty for the root.</param>
    /// <returns>The names, without the directory.</returns>
    IReadOnlyList<string> List(string directory);

    /// <summary>Creates a directory and those above it; nothing happens if it exists.</summary>
    /// <param name="directory">The directory.</param>
    void CreateDirectory(string directory);

    /// <summary>Renames a file, replacing the target if there is one.</summary>
    /// <param name="source">The file.</param>
    /// <param name="target">Its new path.</param>
    void Rename(string source, string target);

    /// <summary>Deletes a file; nothing happens if it is not there.</summary>
    /// <param name="path">The file.</param>
    void Delete(string path);

    /// <summary>Makes the directory's entries durable.</summary>
    /// <param name="directory">The directory; empty for the root.</param>
    void SyncDirectory(string directory);

    /// <summary>Takes an exclusive lock that dies with the process.</summary>
    /// <param name="path">The lock file; created if needed.</param>
    /// <returns>The lock; disposing releases it.</returns>
    /// <exception cref="DataDirectoryException">Another process or host holds it.</exception>
    IDisposable Lock(string path);

    /// <summary>Gets the free bytes of the disk.</summary>
    /// <returns>Bytes that this process may still write.</returns>
    long GetFreeBytes();
}

/// <summary>An open file.</summary>
/// <remarks>
/// Reads may run at the same time as anything; writes, syncs and length changes have one caller at a time.
/// </remarks>
public interface IFile : IDisposable
{
    /// <summary>Gets the length in bytes.</summary>
    long Length { get; }

    /// <summary>Reads at a position.</summary>
    /// <param name="offset">Where, in bytes.</param>
    /// <param name="destination">Where to.</param>
    /// <returns>How many bytes were read; less than asked only at the end of the file.</returns>
    int Read(long offset, Span<byte> destination);

    /// <summary>Writes at a position, growing the file if needed. Not durable before <see cref="Sync"/>.</summary>
    /// <param name="offset">Where, in bytes.</param>
    /// <param name="source">What.</param>
    void Write(long offset, ReadOnlySpan<byte> source);

    /// <summary>Makes everything written so far, and the length, durable.</summary>
    void Sync();

    /// <summary>Forgets what memory keeps of the file, so that later reads see the disk; what waits for a sync
    /// stays.</summary>
    /// <remarks>After a failed sync memory may hold bytes that count as written though the disk never got them: the
    /// next process must not take them for durable. Only Linux is told; elsewhere nothing happens.</remarks>
    void DropCache();

    /// <summary>Sets the length: cuts, or grows with zeros.</summary>
    /// <param name="length">The new length in bytes.</param>
    void SetLength(long length);
}

/// <summary>Whether a file must exist when it is opened.</summary>
public enum FileOpenMode
{
    /// <summary>It must exist.</summary>
    Existing,

    /// <summary>It must not exist.</summary>
    New,

    /// <summary>It is created if it doesn't exist.</summary>
    ExistingOrNew,
}
