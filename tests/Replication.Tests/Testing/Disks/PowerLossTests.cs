using Replication.Storage.Files;
using Replication.Testing.Disks;

namespace Replication.Tests.Testing.Disks;

public class PowerLossTests
{
    private readonly SimulatedDisk _disk = new(1);

    [Fact]
    public void The_worst_power_loss_leaves_what_was_synced()
    {
        IFile file = NewFile("a", "synced");
        file.Write(0, "S"u8);
        file.Write(600, "far"u8);
        NewFile("b", "nameless", syncName: false);

        SimulatedDisk image = _disk.DurableImage();

        Assert.Equal("synced", Text(image, "a"));
        Assert.Equal(["a"], image.List(string.Empty));
        Assert.Equal(["a", "b"], _disk.List(string.Empty));
        _disk.LosePower(PowerLoss.Worst);
        Assert.Null(_disk.FirstDifference(image));
        Assert.Equal(image.Hash(), _disk.Hash());
        Assert.Equal(3, _disk.Faults.HitsOf(DiskFault.PowerLoss) - 1);
    }

    [Fact]
    public void A_cut_file_is_long_again_and_a_grown_one_short()
    {
        IFile cut = NewFile("cut", "0123456789");
        cut.SetLength(3);
        cut.Write(3, "xy"u8);
        IFile grown = NewFile("grown", "ab");
        grown.SetLength(5000);
        SimulatedDisk image = _disk.DurableImage();

        Assert.Equal("0123456789", Text(image, "cut"));
        Assert.Equal("ab", Text(image, "grown"));
        Assert.Equal("012xy", Text(_disk, "cut"));
    }

    [Fact]
    public void A_prefix_is_a_moment_of_the_whole_disk()
    {
        IFile a = NewFile("a", "1");
        IFile b = NewFile("b", "1");
        var images = new HashSet<string>();
        a.Write(0, "2"u8);
        b.Write(0, "2"u8);
        _disk.Rename("a", "c");
        b.Write(0, "3"u8);
        EveryImage.Of(
            _disk, _disk.Position, new PowerLoss(SectorLoss.Prefix, NameLoss.All), 1000,
            (image, _) => images.Add(Describe(image)));

        Assert.Equal(["a=1 b=1", "a=2 b=1", "a=2 b=2", "b=2 c=2", "b=3 c=2"], images.Order());
    }

    [Fact]
    public void Reordering_keeps_any_version_of_any_sector()
    {
        IFile a = NewFile("a", new string('0', 1024));
        a.Write(0, "1"u8);
        a.Write(512, "1"u8);
        a.Write(0, "2"u8);
        var images = new HashSet<string>();
        EveryImage.Of(
            _disk, _disk.Position, new PowerLoss(SectorLoss.Reordered, NameLoss.All), 1000,
            (image, _) => images.Add($"{Text(image, "a")[0]}{Text(image, "a")[512]}"));

        Assert.Equal(["00", "01", "10", "11", "20", "21"], images.Order());
    }

    [Fact]
    public void Lengths_and_data_survive_apart()
    {
        IFile a = NewFile("a", "ab");
        a.Write(1, "XYZ"u8);
        Assert.Equal("ab\0\0", After(new PowerLoss(SectorLoss.LengthWithoutData, NameLoss.All)));
        Assert.Equal("aX", After(new PowerLoss(SectorLoss.DataWithoutLength, NameLoss.All)));

        string After(PowerLoss loss)
        {
            SimulatedDisk image = _disk.Clone();
            image.LosePower(loss);
            return Text(image, "a");
        }
    }

    [Fact]
    public void One_sector_tears_in_four_ways()
    {
        IFile a = NewFile("a", new string('o', 512));
        a.Write(0, System.Text.Encoding.ASCII.GetBytes(new string('n', 512)));
        var images = new HashSet<string>();
        EveryImage.Of(
            _disk, _disk.Position, new PowerLoss(SectorLoss.Torn, NameLoss.All), 1000,
            (image, _) => images.Add($"{Text(image, "a")[0]}{Text(image, "a")[511]}"));

        Assert.Equal(6, images.Count);
        Assert.Superset(new HashSet<string> { "oo", "nn", "no", "on", "\0\0" }, images);
    }

    [Fact]
    public void A_rename_survives_though_the_bytes_of_its_file_do_not()
    {
        NewFile("old", "old");
        IFile file = _disk.Open("new", FileOpenMode.New);
        file.Write(0, "new"u8);
        _disk.Rename("new", "old");
        var images = new HashSet<string>();
        EveryImage.Of(
            _disk, _disk.Position, new PowerLoss(SectorLoss.All, NameLoss.Any), 1000,
            (image, _) => images.Add(Describe(image)));

        Assert.Equal(["new= old=old", "old=", "old=old"], images.Order());
    }

    [Fact]
    public void With_deferred_durability_a_sync_counts_when_its_time_has_passed()
    {
        IFile a = NewFile("a", "1");
        _disk.DefersDurability = true;
        a.Write(0, "2"u8);
        a.Sync();
        long synced = _disk.Position;
        a.Write(0, "3"u8);

        Assert.False(_disk.IsDurable("a", 0, "3"u8));
        Assert.Equal("1", Text(_disk.DurableImage(), "a"));
        _disk.Settle(synced);
        Assert.Equal("2", Text(_disk.DurableImage(), "a"));
        a.Sync();
        _disk.Settle(_disk.Position);
        Assert.True(_disk.IsDurable("a", 0, "3"u8));
        Assert.False(_disk.IsDurable("a", 0, "4"u8));
        Assert.False(_disk.IsDurable("a", 0, "3 and more"u8));
        Assert.False(_disk.IsDurable("b", 0, "3"u8));
    }

    [Fact]
    public void Bytes_whose_name_may_go_are_not_durable()
    {
        NewFile("a", "1", syncName: false);
        Assert.False(_disk.IsDurable("a", 0, "1"u8));
        _disk.SyncDirectory(string.Empty);
        Assert.True(_disk.IsDurable("a", 0, "1"u8));
        _disk.Delete("a");
        Assert.False(_disk.IsDurable("a", 0, "1"u8));
    }

    [Fact]
    public void Open_files_and_locks_die_with_the_process_and_the_disk_goes_on()
    {
        IFile file = NewFile("a", "1");
        _disk.Lock("lock");
        _disk.EndProcess();
        Assert.Throws<ObjectDisposedException>(() => file.Write(0, "2"u8));
        _disk.Lock("lock").Dispose();
        Assert.Equal("1", Text(_disk, "a"));
    }

    [Fact]
    public void A_clone_and_its_original_share_nothing_that_is_written()
    {
        IFile file = NewFile("a", "1");
        file.Write(0, "2"u8);
        SimulatedDisk clone = _disk.Clone();
        file.Write(0, "3"u8);
        using (IFile other = clone.Open("a", FileOpenMode.Existing))
        {
            other.Write(5000, "4"u8);
        }

        Assert.Equal("3", Text(_disk, "a"));
        Assert.Equal("1", Text(_disk.DurableImage(), "a"));
        Assert.Equal('2', Text(clone, "a")[0]);
        Assert.Equal("1", Text(clone.DurableImage(), "a"));
        Assert.Contains("'a' differs at offset 0", _disk.FirstDifference(clone), StringComparison.Ordinal);
        Assert.NotEqual(_disk.Hash(), clone.Hash());
    }

    [Fact]
    public void An_old_image_comes_back_whole()
    {
        NewFile("a", "old");
        SimulatedDisk backup = _disk.Clone();
        NewFile("b", "new");
        _disk.RestoreFrom(backup);
        Assert.Equal("a=old", Describe(_disk));
        _disk.RestoreFrom(new SimulatedDisk(0));
        Assert.Empty(_disk.List(string.Empty));
        Assert.Equal(2, _disk.Faults.HitsOf(DiskFault.Replacement));
    }

    private static string Text(SimulatedDisk disk, string path)
    {
        using IFile file = disk.Open(path, FileOpenMode.Existing);
        byte[] bytes = new byte[file.Length];
        file.Read(0, bytes);
        return System.Text.Encoding.Latin1.GetString(bytes);
    }

    private static string Describe(SimulatedDisk disk) =>
        string.Join(' ', disk.List(string.Empty).Select(name => $"{name}={Text(disk, name)}"));

    private IFile NewFile(string path, string content, bool syncName = true)
    {
        IFile file = _disk.Open(path, FileOpenMode.New);
        file.Write(0, System.Text.Encoding.ASCII.GetBytes(content));
        file.Sync();
        if (syncName)
        {
            _disk.SyncDirectory(string.Empty);
        }

        return file;
    }
}
