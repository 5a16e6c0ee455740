using Replication.Errors;
using Replication.Storage.Files;

namespace Replication.Tests.Storage.Files;

/// <summary>What every file system must do.</summary>
public abstract class FileSystemConformance
{
    protected abstract IFileSystem Files { get; }

    [Fact]
    public void What_is_written_is_read_at_its_place()
    {
        using IFile file = Files.Open("a", FileOpenMode.New);
        file.Write(3, "xyz"u8);
        file.Write(0, "ab"u8);
        byte[] read = new byte[10];

        Assert.Equal(6, file.Read(0, read));
        Assert.Equal(6, file.Length);
        Assert.Equal("ab\0xyz"u8.ToArray(), read[..6]);
        Assert.Equal(1, file.Read(5, read));
        Assert.Equal(0, file.Read(6, read));
        Assert.Equal(0, file.Read(600, read));
    }

    [Fact]
    public void A_length_set_cuts_and_grows_with_zeros()
    {
        using IFile file = Files.Open("a", FileOpenMode.New);
        file.Write(0, "abcdef"u8);
        file.SetLength(2);
        file.SetLength(4);
        byte[] read = new byte[10];

        Assert.Equal(4, file.Read(0, read));
        Assert.Equal("ab\0\0"u8.ToArray(), read[..4]);
        file.Sync();
    }

    [Fact]
    public void A_mode_says_whether_the_file_must_exist()
    {
        Assert.Throws<StorageFailedException>(() => Files.Open("a", FileOpenMode.Existing));
        Files.Open("a", FileOpenMode.New).Dispose();
        StorageFailedException error = Assert.Throws<StorageFailedException>(() => Files.Open("a", FileOpenMode.New));
        Assert.Contains("open", error.Message, StringComparison.Ordinal);
        Assert.Contains("a'", error.Message, StringComparison.Ordinal);
        Files.Open("a", FileOpenMode.Existing).Dispose();
        Files.Open("a", FileOpenMode.ExistingOrNew).Dispose();
        Files.Open("b", FileOpenMode.ExistingOrNew).Dispose();
    }

    [Fact]
    public void Names_are_listed_in_ordinal_order()
    {
        Files.CreateDirectory("d/e");
        Files.CreateDirectory("d/e");
        Files.Open("d/b", FileOpenMode.New).Dispose();
        Files.Open("d/B", FileOpenMode.New).Dispose();
        Files.SyncDirectory("d");

        Assert.Equal(["B", "b", "e"], Files.List("d"));
        Assert.Equal(["d"], Files.List(string.Empty));
        Assert.Empty(Files.List("nowhere"));
    }

    [Fact]
    public void A_rename_replaces_the_target_and_open_files_go_on()
    {
        Write("a", "new"u8);
        Write("b", "older"u8);
        using IFile open = Files.Open("a", FileOpenMode.Existing);
        Files.Rename("a", "b");

        Assert.Equal(["b"], Files.List(string.Empty));
        open.Write(0, "NEW"u8);
        using IFile renamed = Files.Open("b", FileOpenMode.Existing);
        byte[] read = new byte[10];
        Assert.Equal(3, renamed.Read(0, read));
        Assert.Equal("NEW"u8.ToArray(), read[..3]);
        Assert.Throws<StorageFailedException>(() => Files.Rename("a", "c"));
    }

    [Fact]
    public void Deleting_what_is_not_there_does_nothing()
    {
        Write("a", "x"u8);
        Files.Delete("a");
        Files.Delete("a");
        Assert.Empty(Files.List(string.Empty));
    }

    [Fact]
    public void A_lock_is_exclusive_until_released()
    {
        IDisposable held = Files.Lock("lock");
        DataDirectoryException error = Assert.Throws<DataDirectoryException>(() => Files.Lock("lock"));
        Assert.Contains("lock", error.Message, StringComparison.Ordinal);
        held.Dispose();
        using (Files.Lock("lock"))
        {
            // Disposed again it is no key to the lock of the next holder.
            held.Dispose();
            Assert.Throws<DataDirectoryException>(() => Files.Lock("lock"));
        }

        Files.Lock("lock").Dispose();
    }

    [Theory]
    [InlineData("../a")]
    [InlineData("/a")]
    [InlineData("a//b")]
    [InlineData("a/./b")]
    public void A_path_never_leads_out_of_the_root(string path) =>
        Assert.Throws<ArgumentException>(() => Files.Open(path, FileOpenMode.ExistingOrNew));

    [Fact]
    public void Free_space_is_known() => Assert.True(Files.GetFreeBytes() > 0);

    [Fact]
    public void Syncing_a_missing_directory_fails_with_its_name()
    {
        if (OperatingSystem.IsWindows() && Files is PhysicalFileSystem)
        {
            return;
        }

        StorageFailedException error = Assert.Throws<StorageFailedException>(() => Files.SyncDirectory("gone"));
        Assert.Contains("gone", error.Message, StringComparison.Ordinal);
    }

    private void Write(string path, ReadOnlySpan<byte> content)
    {
        using IFile file = Files.Open(path, FileOpenMode.ExistingOrNew);
        file.Write(0, content);
        file.Sync();
    }
}

public sealed class PhysicalFileSystemTests : FileSystemConformance, IDisposable
{
    private readonly string _root = Path.Combine(Path.GetTempPath(), $"replication-files-{Guid.NewGuid():n}", "below");

    protected override IFileSystem Files => field ??= new PhysicalFileSystem(_root);

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_root)!, recursive: true);

    [Fact]
    public void An_error_names_operation_path_reason_and_what_to_do()
    {
        Directory.CreateDirectory(Path.Combine(_root, "taken"));
        StorageFailedException error = Assert.Throws<StorageFailedException>(() => Files.Rename("absent", "x"));
        Assert.Contains("rename", error.Message, StringComparison.Ordinal);
        Assert.Contains(Path.Combine(_root, "absent"), error.Message, StringComparison.Ordinal);
        Assert.Contains("start the node again", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_full_disk_is_said_in_words()
    {
        if (!File.Exists("/dev/full"))
        {
            return;
        }

        IFileSystem files = Files;
        File.CreateSymbolicLink(Path.Combine(_root, "full"), "/dev/full");
        using IFile file = files.Open("full", FileOpenMode.Existing);
        StorageFailedException error = Assert.Throws<StorageFailedException>(() => file.Write(0, "x"u8));
        Assert.Contains("write", error.Message, StringComparison.Ordinal);
        Assert.Contains("free some space", error.Message, StringComparison.Ordinal);
    }
}

public sealed class InMemoryFileSystemTests : FileSystemConformance
{
    private readonly InMemoryFileSystem _disk = new();

    protected override IFileSystem Files => _disk;

    [Fact]
    public void A_power_loss_takes_what_was_not_synced()
    {
        IFile file = _disk.Open("a", FileOpenMode.New);
        file.Write(0, "synced"u8);
        file.Sync();
        _disk.SyncDirectory(string.Empty);
        file.Write(0, "S"u8);
        file.Write(600, "far"u8);

        using IFile after = _disk.CrashClone().Open("a", FileOpenMode.Existing);
        byte[] read = new byte[10];
        Assert.Equal(6, after.Read(0, read));
        Assert.Equal("synced"u8.ToArray(), read[..6]);
    }

    [Fact]
    public void A_name_is_durable_only_after_its_directory_was_synced()
    {
        using IFile file = _disk.Open("a", FileOpenMode.New);
        file.Write(0, "x"u8);
        file.Sync();
        Assert.Empty(_disk.CrashClone().List(string.Empty));

        _disk.SyncDirectory(string.Empty);
        _disk.Rename("a", "b");
        Assert.Equal(["a"], _disk.CrashClone().List(string.Empty));

        _disk.SyncDirectory(string.Empty);
        Assert.Equal(["b"], _disk.CrashClone().List(string.Empty));
    }

    [Fact]
    public void A_power_loss_frees_locks_and_leaves_the_old_disk_as_it_was()
    {
        using IDisposable held = _disk.Lock("lock");
        _disk.SyncDirectory(string.Empty);
        InMemoryFileSystem after = _disk.CrashClone();
        after.Lock("lock").Dispose();
        after.Delete("lock");
        Assert.Equal(["lock"], _disk.List(string.Empty));
    }

    [Fact]
    public void A_full_disk_refuses_to_grow_a_file()
    {
        _disk.CapacityBytes = 10;
        using IFile file = _disk.Open("a", FileOpenMode.New);
        file.Write(0, new byte[10]);
        Assert.Equal(0, _disk.GetFreeBytes());
        file.Write(0, new byte[10]);
        Assert.Contains("full", Assert.Throws<StorageFailedException>(() => file.Write(1, new byte[10])).Message,
            StringComparison.Ordinal);
    }
}
