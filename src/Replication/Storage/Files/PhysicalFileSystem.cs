using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Replication.Errors;

namespace Replication.Storage.Files;

/// <summary>The files below a directory of this machine's disk.</summary>
/// <remarks>
/// Syncs by the system's own calls (fdatasync, fsync of directories; the like on macOS and Windows), because the
/// framework's flush hides
/// their errors. Callable from any thread.
/// </remarks>
public sealed class PhysicalFileSystem : IFileSystem
{
    private const int NoSpace = 28;
    private const int WouldBlockLinux = 11;
    private const int WouldBlockMac = 35;

    private readonly string _root;

    /// <summary>Creates a view on a directory; creates the directory, durably, if it isn't there.</summary>
    /// <param name="root">The directory.</param>
    /// <exception cref="StorageFailedException">It can't be created.</exception>
    public PhysicalFileSystem(string root)
    {
        ArgumentException.ThrowIfNullOrEmpty(root);
        _root = Path.GetFullPath(root);
        CreateDurably(_root);
    }

    /// <inheritdoc/>
    public IFile Open(string path, FileOpenMode mode)
    {
        string full = Full(path);
        FileMode fileMode = mode switch
        {
            FileOpenMode.Existing => FileMode.Open,
            FileOpenMode.New => FileMode.CreateNew,
            _ => FileMode.OpenOrCreate,
        };
        return new PhysicalFile(full, Guard("open", full, () => File.OpenHandle(
            full, fileMode, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete)));
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> List(string directory)
    {
        string full = Full(directory);
        return Guard<IReadOnlyList<string>>("list directory", full, () => Directory.Exists(full)
            ? [.. Directory.EnumerateFileSystemEntries(full)
                .Select(entry => Path.GetFileName(entry))
                .Order(StringComparer.Ordinal)]
            : []);
    }

    /// <inheritdoc/>
    public void CreateDirectory(string directory)
    {
        string full = Full(directory);
        Guard("create directory", full, () => Directory.CreateDirectory(full));
    }

    /// <inheritdoc/>
    public void Rename(string source, string target)
    {
        string full = Full(source);
        string fullTarget = Full(target);
        Guard("rename", full, () =>
        {
            File.Move(full, fullTarget, overwrite: true);
            return 0;
        });
    }

    /// <inheritdoc/>
    public void Delete(string path)
    {
        string full = Full(path);
        Guard("delete", full, () =>
        {
            File.Delete(full);
            return 0;
        });
    }

    /// <inheritdoc/>
    public void SyncDirectory(string directory) => Sync("sync directory", Full(directory));

    /// <inheritdoc/>
    public IDisposable Lock(string path)
    {
        string full = Full(path);
        if (OperatingSystem.IsWindows())
        {
            return LockOnWindows(full);
        }

        if (!File.Exists(full))
        {
            using SafeFileHandle created = Guard("create", full, () => File.OpenHandle(
                full, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite));
        }

        // Opened by the system's own call: the framework would take a shared lock of its own on the file.
        int openError = SystemCalls.OpenForReading(full, out SafeFileHandle handle);
        if (openError != 0)
        {
            throw Failure("open", full, openError);
        }

        int error = SystemCalls.LockExclusively(handle);
        if (error == 0)
        {
            return handle;
        }

        handle.Dispose();
        throw error is WouldBlockLinux or WouldBlockMac ? InUse(full, null) : Failure("lock", full, error);
    }

    /// <inheritdoc/>
    public long GetFreeBytes() => Guard("get the free space of", _root, () => new DriveInfo(_root).AvailableFreeSpace);

    internal static StorageFailedException Failure(string operation, string path, int error) => new(
        $"Could not {operation} '{path}': {Marshal.GetPInvokeErrorMessage(error)} (error {error}). "
            + $"{Advice(error == NoSpace)}");

    internal static T Guard<T>(string operation, string path, Func<T> call)
    {
        try
        {
            return call();
        }
        catch (Exception exception) when (
            exception is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw Failure(operation, path, exception);
        }
    }

    internal static StorageFailedException Failure(string operation, string path, Exception exception) => new(
        $"Could not {operation} '{path}': {exception.Message} "
            + $"{Advice((exception.HResult & 0xFFFF) is NoSpace or 112 or 39)}", exception);

    private static void CreateDurably(string directory)
    {
        if (Directory.Exists(directory))
        {
            return;
        }

        string? parent = Path.GetDirectoryName(directory);
        if (parent is not null)
        {
            CreateDurably(parent);
        }

        Guard("create directory", directory, () => Directory.CreateDirectory(directory));
        Sync("sync directory", parent ?? directory);
    }

    private static string Advice(bool isFull) => isFull
        ? "The disk is full: free some space, then start the node again."
        : "Check the disk and the permissions, then start the node again; replace the disk if the system's log names "
            + "it.";

    private static FileStream LockOnWindows(string full)
    {
        try
        {
            return new FileStream(full, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception)
        {
            throw InUse(full, exception);
        }
    }

    private static DataDirectoryException InUse(string full, Exception? inner) =>
        new($"{full} is locked: another process uses this data directory. Stop it, or use another directory.", inner);

    private static void Sync(string operation, string full)
    {
        int error = SystemCalls.SyncDirectory(full);
        if (error != 0)
        {
            throw Failure(operation, full, error);
        }
    }

    private string Full(string path) => Path.Combine(_root, FilePath.Check(path));
}

/// <summary>An open file of the machine's disk.</summary>
internal sealed class PhysicalFile(string path, SafeFileHandle handle) : IFile
{
    public long Length => PhysicalFileSystem.Guard("get the length of", path, () => RandomAccess.GetLength(handle));

    public int Read(long offset, Span<byte> destination)
    {
        try
        {
            int total = 0;
            while (total < destination.Length)
            {
                int read = RandomAccess.Read(handle, destination[total..], offset + total);
                if (read == 0)
                {
                    break;
                }

                total += read;
            }

            return total;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw PhysicalFileSystem.Failure("read", path, exception);
        }
    }

    public void Write(long offset, ReadOnlySpan<byte> source)
    {
        try
        {
            RandomAccess.Write(handle, source, offset);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw PhysicalFileSystem.Failure("write", path, exception);
        }
    }

    public void Sync()
    {
        int error = SystemCalls.SyncData(handle);
        if (error != 0)
        {
            throw PhysicalFileSystem.Failure("sync", path, error);
        }
    }

    public void DropCache()
    {
        int error = SystemCalls.DropCache(handle);
        if (error != 0)
        {
            throw PhysicalFileSystem.Failure("drop the cache of", path, error);
        }
    }

    public void SetLength(long length)
    {
        try
        {
            RandomAccess.SetLength(handle, length);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw PhysicalFileSystem.Failure("set the length of", path, exception);
        }
    }

    public void Dispose() => handle.Dispose();
}
