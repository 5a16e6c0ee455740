using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Replication.FlushProbe;

/// <summary>Writes a file, flushes it in four ways and prints how each ended: "ok", or the errno, or the
/// exception.</summary>
internal static partial class Program
{
    private static int Main(string[] arguments)
    {
        using FileStream stream = new(arguments[0], FileMode.Create, FileAccess.ReadWrite);
        stream.Write([1, 2, 3]);
        stream.Flush();
        SafeFileHandle handle = stream.SafeFileHandle;

        Console.WriteLine("RandomAccess.FlushToDisk " + Outcome(() => RandomAccess.FlushToDisk(handle)));
        Console.WriteLine("FileStream.Flush " + Outcome(() => stream.Flush(flushToDisk: true)));
        Console.WriteLine("fdatasync " + Outcome(fdatasync(handle)));
        Console.WriteLine("fsync " + Outcome(fsync(handle)));
        return 0;
    }

    private static string Outcome(Action flush)
    {
        try
        {
            flush();
            return "ok";
        }
        catch (IOException e)
        {
            return e.GetType().Name;
        }
    }

    private static string Outcome(int result) => result == 0 ? "ok" : "errno " + Marshal.GetLastPInvokeError();

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fdatasync(SafeFileHandle file);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fsync(SafeFileHandle file);
}
