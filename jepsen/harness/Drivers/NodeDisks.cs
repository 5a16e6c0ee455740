using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Harness.Drivers;

/// <summary>A file system for each node, ext4 in a file, that can lose power or be full. Needs root. Callable from any
/// thread, for one node one call at a time.</summary>
/// <param name="directory">Where the files and the data go.</param>
/// <param name="nodes">The nodes.</param>
internal sealed partial class NodeDisks(string directory, IReadOnlyList<int> nodes) : IDisposable
{
    // Room for the data of a long run above the node's own reserve; what is never written takes no space.
    private const int Mebibytes = 1024;
    private const int FillStepBytes = 4096;

    // EXT4_IOC_SHUTDOWN with EXT4_GOING_FLAGS_NOLOGFLUSH of linux/fs/ext4/ext4.h.
    private const nuint Shutdown = 0x8004587d;
    private const uint WithoutFlush = 2;
    private static readonly byte[] Canary = new byte[8192];
    private bool _isSetUp;

    /// <summary>Gets the directory with a node's data.</summary>
    public string DataOf(int node) => Path.Combine(MountOf(node), "data");

    /// <summary>Makes them, empty.</summary>
    /// <exception cref="InvalidOperationException">This takes root, loop devices and mkfs.ext4; the text tells what is
    /// missing.</exception>
    public void SetUp()
    {
        // Nodes and containers that have namespaces for mounts of their own must see what is unmounted here.
        SystemCommand.Run($"mount --bind {directory} {directory}");
        _isSetUp = true;
        SystemCommand.Run($"mount --make-shared {directory}");
        foreach (int node in nodes)
        {
            using (FileStream image = File.Create(ImageOf(node)))
            {
                image.SetLength((long)Mebibytes << 20);
            }

            SystemCommand.Run($"mkfs.ext4 -q -F -m 0 -E lazy_itable_init=1,lazy_journal_init=1 {ImageOf(node)}");
            Directory.CreateDirectory(MountOf(node));
            Mount(node);
        }
    }

    /// <summary>Ends a node's file system at once: what was not flushed is lost, and every call fails from now on. The
    /// node itself should end then.</summary>
    public void CutPower(int node)
    {
        File.WriteAllBytes(CanaryOf(node), Canary);
        using SafeFileHandle handle = File.OpenHandle(CanaryOf(node), FileMode.Open, FileAccess.Read);
        uint how = WithoutFlush;
        if (Control(handle, Shutdown, ref how) != 0)
        {
            throw new InvalidOperationException(
                $"The disk of node {node} could not be shut down: {Marshal.GetLastPInvokeErrorMessage()}.");
        }
    }

    /// <summary>Brings a file system back as a machine does that starts again; the node must not run.</summary>
    /// <returns>Whether something was lost: what was written last and not flushed.</returns>
    public bool RestorePower(int node)
    {
        SystemCommand.Run($"umount {MountOf(node)}");
        Mount(node);
        bool wasLost = !File.Exists(CanaryOf(node)) || new FileInfo(CanaryOf(node)).Length < Canary.Length;
        File.Delete(CanaryOf(node));
        return wasLost;
    }

    /// <summary>Fills a file system.</summary>
    /// <param name="node">Whose.</param>
    /// <param name="freeBytes">How much is left, about; 0 for nothing.</param>
    public void Fill(int node, long freeBytes)
    {
        long taken = Math.Max(0, new DriveInfo(MountOf(node)).AvailableFreeSpace - freeBytes);
        long atOnce = taken / 100 * 99;
        try
        {
            // First almost all at once, beyond the end of the file; then the rest in small pieces.
            using FileStream filler = new(FillerOf(node), new FileStreamOptions
            {
                Mode = FileMode.Create, Access = FileAccess.Write, PreallocationSize = atOnce, BufferSize = 0,
            });
            filler.Position = atOnce;
            byte[] piece = new byte[FillStepBytes];
            while (freeBytes == 0 || filler.Position < taken)
            {
                filler.Write(piece);
            }
        }
        catch (IOException)
        {
            // Nothing is left.
        }
    }

    /// <summary>Takes that back.</summary>
    public void Free(int node) => File.Delete(FillerOf(node));

    public void Dispose()
    {
        if (!_isSetUp)
        {
            return;
        }

        foreach (int node in nodes)
        {
            (int code, _, string error) = SystemCommand.RunAny($"umount {MountOf(node)}");
            if (code != 0)
            {
                Console.Error.WriteLine(error.Trim());
            }
        }

        SystemCommand.RunAny($"umount -l {directory}");
    }

    private void Mount(int node) => SystemCommand.Run($"mount -o loop {ImageOf(node)} {MountOf(node)}");

    private string MountOf(int node) => Path.Combine(directory, Name(node));

    private string ImageOf(int node) => Path.Combine(directory, $"{Name(node)}.ext4");

    private string CanaryOf(int node) => Path.Combine(MountOf(node), "canary");

    private string FillerOf(int node) => Path.Combine(MountOf(node), "filler");

    private static string Name(int node) => string.Create(CultureInfo.InvariantCulture, $"node{node}");

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Control(SafeFileHandle handle, nuint request, ref uint argument);
}
