using System.Runtime.InteropServices;
using Harness.Drivers;
using KvProcesses.Processes;
using Microsoft.Win32.SafeHandles;

namespace Replication.HarnessTests;

/// <summary>The control of the nemesis <c>power-loss</c>: what it keeps and what it drops.</summary>
[Collection("Clusters")]
public sealed partial class PowerLossTests
{
    private const int Node = 1;
    private static readonly byte[] Content = [.. Enumerable.Range(0, 10_000).Select(i => (byte)(i | 1))];

    [Fact]
    public void What_was_flushed_is_kept_and_nothing_else()
    {
        using TemporaryDirectory directory = new("replication-power");
        using NodeDisks disks = new(directory.Path, [Node, 2]);
        disks.SetUp();
        string data = Directory.CreateDirectory(disks.DataOf(Node)).FullName;
        string atOnce = Path.Combine(data, "o-sync");
        string flushed = Path.Combine(data, "fdatasync");
        string loose = Path.Combine(data, "loose");
        Write(atOnce, FileOptions.WriteThrough);
        Write(loose, FileOptions.None);
        using (SafeFileHandle file = File.OpenHandle(flushed, FileMode.CreateNew, FileAccess.Write))
        {
            RandomAccess.Write(file, Content, 0);
            Assert.Equal(0, SyncData(file));
            RandomAccess.Write(file, Content, Content.Length);
            disks.CutPower(Node);
            Assert.NotEqual(0, SyncData(file));
        }

        Assert.True(disks.RestorePower(Node));
        Assert.Equal(Content, File.ReadAllBytes(atOnce));
        Assert.Equal(Content, File.ReadAllBytes(flushed));
        Assert.True(!File.Exists(loose) || new FileInfo(loose).Length == 0);
    }

    [Fact]
    public void The_other_disks_go_on()
    {
        using TemporaryDirectory directory = new("replication-power");
        using NodeDisks disks = new(directory.Path, [Node, 2]);
        disks.SetUp();
        disks.CutPower(Node);
        string data = Directory.CreateDirectory(disks.DataOf(2)).FullName;
        Write(Path.Combine(data, "file"), FileOptions.WriteThrough);
        Assert.True(disks.RestorePower(Node));
        Assert.Equal(Content, File.ReadAllBytes(Path.Combine(data, "file")));
    }

    [Fact]
    public void A_full_disk_takes_nothing_until_it_is_freed()
    {
        using TemporaryDirectory directory = new("replication-full");
        using NodeDisks disks = new(directory.Path, [Node]);
        disks.SetUp();
        string file = Path.Combine(Directory.CreateDirectory(disks.DataOf(Node)).FullName, "file");
        disks.Fill(Node, 0);
        Assert.Throws<IOException>(() => Write(file, FileOptions.WriteThrough));
        File.Delete(file);
        disks.Free(Node);
        Write(file, FileOptions.WriteThrough);
        disks.Fill(Node, 64 << 20);
        Assert.InRange(new DriveInfo(disks.DataOf(Node)).AvailableFreeSpace, 32 << 20, 80 << 20);
    }

    // New: ext4 writes out what replaces the content of a file as soon as it is closed.
    private static void Write(string path, FileOptions how)
    {
        using SafeFileHandle file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, options: how);
        RandomAccess.Write(file, Content, 0);
    }

    // The framework's own flush tells nothing of an error.
    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int SyncData(SafeFileHandle file);
}
