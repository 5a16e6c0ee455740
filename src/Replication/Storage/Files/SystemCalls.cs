using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Replication.Storage.Files;

/// <summary>
/// The system calls that the framework hides or whose errors it swallows: its own flush reports success after a failed
/// fsync.
/// </summary>
internal static partial class SystemCalls
{
    private const int Interrupted = 4;
    private const int DontNeed = 4;
    private const int FullSync = 51;
    private const int ExclusiveNonBlocking = 2 | 4;
    private const int CloseOnExecLinux = 0x80000;
    private const int CloseOnExecMac = 0x1000000;

    /// <summary>Makes a file's bytes and length durable.</summary>
    /// <returns>0, or the system's error number.</returns>
    public static int SyncData(SafeFileHandle file)
    {
        if (OperatingSystem.IsWindows())
        {
            return FlushFileBuffers(file) ? 0 : Marshal.GetLastPInvokeError();
        }

        // macOS: fsync leaves the bytes in the drive's cache.
        return Retry(file, OperatingSystem.IsMacOS() ? static handle => Fcntl(handle, FullSync) : FdataSync);
    }

    /// <summary>Drops the clean pages of a file from the page cache; on Linux only.</summary>
    /// <returns>0, or the system's error number.</returns>
    public static int DropCache(SafeFileHandle file) =>
        OperatingSystem.IsLinux() ? Advise(file, 0, 0, DontNeed) : 0;

    /// <summary>
    /// Makes a directory's entries durable. On Windows nothing is to be done: NTFS journals names together with a
    /// file's flush.
    /// </summary>
    /// <returns>0, or the system's error number.</returns>
    public static int SyncDirectory(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return 0;
        }

        int error = OpenForReading(path, out SafeFileHandle handle);
        if (error != 0)
        {
            return error;
        }

        using SafeFileHandle directory = handle;
        return Retry(directory, OperatingSystem.IsMacOS() ? static open => Fcntl(open, FullSync) : Fsync);
    }

    /// <summary>Opens a file or directory, not on Windows; closed in child processes.</summary>
    /// <returns>0, or the system's error number.</returns>
    public static int OpenForReading(string path, out SafeFileHandle handle)
    {
        int descriptor;
        do
        {
            descriptor = OpenReadOnly(path, OperatingSystem.IsMacOS() ? CloseOnExecMac : CloseOnExecLinux);
        }
        while (descriptor < 0 && Marshal.GetLastPInvokeError() == Interrupted);

        handle = new SafeFileHandle(descriptor, ownsHandle: true);
        return descriptor < 0 ? Marshal.GetLastPInvokeError() : 0;
    }

    /// <summary>
    /// Takes an exclusive lock on a file without waiting; released when the handle is closed, by whatever end of the
    /// process.
    /// </summary>
    /// <returns>0, or the system's error number.</returns>
    public static int LockExclusively(SafeFileHandle file) =>
        Retry(file, static handle => Flock(handle, ExclusiveNonBlocking));

    private static int Retry(SafeFileHandle file, Func<SafeFileHandle, int> call)
    {
        while (call(file) != 0)
        {
            int error = Marshal.GetLastPInvokeError();
            if (error != Interrupted)
            {
                return error;
            }
        }

        return 0;
    }

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int FdataSync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(SafeFileHandle file);

    // Returns the error number instead of setting it.
    [LibraryImport("libc", EntryPoint = "posix_fadvise")]
    private static partial int Advise(SafeFileHandle file, long offset, long length, int advice);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int Flock(SafeFileHandle file, int operation);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Fcntl(SafeFileHandle file, int command);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenReadOnly(string path, int flags);

    [LibraryImport("kernel32.dll", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool FlushFileBuffers(SafeFileHandle file);
}
