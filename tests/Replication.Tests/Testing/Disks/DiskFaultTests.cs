using Replication.Errors;
using Replication.Storage.Files;
using Replication.Testing.Disks;

namespace Replication.Tests.Testing.Disks;

public class DiskFaultTests
{
    private readonly SimulatedDisk _disk = new(7);
    private readonly IFile _file;

    public DiskFaultTests()
    {
        _file = _disk.Open("a", FileOpenMode.New);
        _file.Write(0, new byte[2048]);
        _file.Sync();
        _disk.SyncDirectory(string.Empty);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void On_ext4_a_later_sync_succeeds_and_the_bytes_are_gone_all_the_same(bool defers)
    {
        _disk.DefersDurability = defers;
        _disk.Faults.Arm(DiskFault.SyncErrorKeepsPages);
        _file.Write(10, [1]);
        StorageFailedException error = Assert.Throws<StorageFailedException>(_file.Sync);
        Assert.Contains("sync 'a'", error.Message, StringComparison.Ordinal);
        _file.Sync();
        _disk.Settle(_disk.Position);

        Assert.Equal(1, ByteAt(10));
        Assert.False(_disk.IsDurable("a", 0, new byte[1]));
        _disk.LosePower(PowerLoss.Worst);
        Assert.Equal(0, ByteAt(10));
        Assert.Equal(1, _disk.Faults.HitsOf(DiskFault.SyncErrorKeepsPages));
    }

    [Fact]
    public void On_ext4_writing_the_sector_again_heals_it()
    {
        _disk.Faults.Arm(DiskFault.SyncErrorKeepsPages);
        _file.Write(10, [1]);
        Assert.Throws<StorageFailedException>(_file.Sync);
        _file.Write(11, [2]);
        _file.Sync();
        _disk.LosePower(PowerLoss.Worst);
        Assert.Equal((1, 2), (ByteAt(10), ByteAt(11)));
    }

    [Fact]
    public void On_btrfs_the_content_reverts()
    {
        _disk.Faults.Arm(DiskFault.SyncErrorReverts);
        _file.Write(10, [1]);
        _file.Write(5000, [1]);
        Assert.Throws<StorageFailedException>(_file.Sync);
        Assert.Equal(0, ByteAt(10));
        Assert.Equal(2048, _file.Length);
        Assert.Equal((1L << 40) - 2048, _disk.GetFreeBytes());
    }

    [Fact]
    public void A_lying_flush_shows_at_a_power_loss_unless_an_honest_one_follows()
    {
        _disk.Faults.Arm(DiskFault.LyingFlush);
        _file.Write(10, [1]);
        _file.Sync();
        SimulatedDisk honest = _disk.Clone();
        using (IFile file = honest.Open("a", FileOpenMode.Existing))
        {
            file.Sync();
        }

        honest.LosePower(PowerLoss.Worst);
        Assert.Equal(1, ByteAt(10, honest));
        Assert.Equal(0, honest.Faults.HitsOf(DiskFault.LyingFlush));
        _disk.LosePower(PowerLoss.Worst);
        Assert.Equal(0, ByteAt(10));
        Assert.Equal(1, _disk.Faults.HitsOf(DiskFault.LyingFlush));
    }

    [Fact]
    public void A_power_loss_that_goes_back_behind_a_lying_flush_counts_as_one_that_took_it()
    {
        int taken = 0;
        for (ulong seed = 0; seed < 20; seed++)
        {
            SimulatedDisk disk = new(seed) { DefersDurability = true };
            IFile file = disk.Open("a", FileOpenMode.New);
            disk.SyncDirectory(string.Empty);
            disk.Settle(disk.Position);
            disk.Faults.Arm(DiskFault.LyingFlush);
            file.Write(0, [1]);
            file.Sync();
            disk.Settle(disk.Position);

            disk.LosePower(new PowerLoss(SectorLoss.Prefix, NameLoss.All));
            bool isTaken = disk.Open("a", FileOpenMode.Existing).Length == 0;
            Assert.Equal(isTaken ? 1 : 0, disk.Faults.HitsOf(DiskFault.LyingFlush));
            taken += isTaken ? 1 : 0;
        }

        Assert.InRange(taken, 1, 19);
    }

    [Fact]
    public void What_could_not_be_read_is_read_again_once_it_is_readable()
    {
        Assert.True(_disk.MakeUnreadable("a", 10));
        Assert.Throws<StorageFailedException>(() => ByteAt(10));
        _disk.MakeReadable();
        Assert.Equal(0, ByteAt(10));
    }

    [Fact]
    public void A_lost_write_shows_once_the_cache_is_gone()
    {
        _disk.Faults.Arm(DiskFault.LostWrite);
        _file.Write(10, [1]);
        _file.Sync();
        Assert.Equal(1, ByteAt(10));
        _disk.DropCache();
        Assert.Equal(0, ByteAt(10));
        Assert.Equal(1, _disk.Faults.HitsOf(DiskFault.LostWrite));
    }

    [Fact]
    public void A_misdirected_write_destroys_another_sector()
    {
        _disk.Faults.Arm(DiskFault.MisdirectedWrite);
        _file.Write(512 + 10, [1]);
        _file.Sync();
        _disk.LosePower(PowerLoss.Worst);
        Assert.Equal(0, ByteAt(512 + 10));
        Assert.Equal(1, new[] { 10, 1024 + 10, 1536 + 10 }.Sum(offset => ByteAt(offset)));
    }

    [Fact]
    public void A_flipped_bit_stays_and_counts_when_it_is_read()
    {
        Assert.True(_disk.FlipBit("a", 700, 3));
        Assert.False(_disk.FlipBit("a", 5000, 3));
        Assert.False(_disk.FlipBit("b", 0, 3));
        ByteAt(0);
        Assert.Equal(0, _disk.Faults.HitsOf(DiskFault.BitRot));
        Assert.Equal(8, ByteAt(700));
        Assert.Equal(1, _disk.Faults.HitsOf(DiskFault.BitRot));
        _disk.LosePower(PowerLoss.Worst);
        Assert.Equal(8, ByteAt(700));
    }

    [Fact]
    public void An_unreadable_sector_fails_until_it_is_written()
    {
        Assert.True(_disk.MakeUnreadable("a", 600));
        ByteAt(0);
        Assert.Contains("read 'a'", Assert.Throws<StorageFailedException>(() => ByteAt(1023)).Message,
            StringComparison.Ordinal);
        _file.Write(512, new byte[512]);
        _file.Sync();
        ByteAt(1023);
        Assert.Equal(1, _disk.Faults.HitsOf(DiskFault.ReadError));
    }

    [Fact]
    public void A_full_disk_takes_what_fits()
    {
        _disk.CapacityBytes = 2048 + 3;
        StorageFailedException error = Assert.Throws<StorageFailedException>(() => _file.Write(2048, new byte[10]));
        Assert.Contains("No space", error.Message, StringComparison.Ordinal);
        Assert.Equal(2051, _file.Length);
        Assert.Equal(0, _disk.GetFreeBytes());
        Assert.Throws<StorageFailedException>(() => _file.SetLength(3000));
        _file.Write(0, new byte[10]);
        _disk.Delete("a");
        Assert.Equal(2051, _disk.GetFreeBytes());
        Assert.Equal(2, _disk.Faults.HitsOf(DiskFault.NoSpace));
    }

    [Theory]
    [InlineData(DiskFault.WriteError)]
    [InlineData(DiskFault.NoSpace)]
    public void A_failed_write_took_place_by_half(DiskFault fault)
    {
        _disk.Faults.Arm(fault);
        Assert.Throws<StorageFailedException>(() => _file.Write(0, [1, 1, 1, 1]));
        Assert.Equal((1, 0), (ByteAt(1), ByteAt(2)));
        _file.Write(0, [1]);
        Assert.Equal(1, _disk.Faults.HitsOf(fault));
    }

    [Fact]
    public void Rates_strike_as_often_as_they_say_and_equal_seeds_alike()
    {
        int Failures(ulong seed)
        {
            var disk = new SimulatedDisk(seed);
            disk.Faults.SetRate(DiskFault.SyncErrorReverts, 100_000);
            using IFile file = disk.Open("a", FileOpenMode.New);
            int failures = 0;
            for (int i = 0; i < 1000; i++)
            {
                file.Write(0, [1]);
                failures += Record.Exception(file.Sync) is null ? 0 : 1;
            }

            Assert.Equal(failures, disk.Faults.HitsOf(DiskFault.SyncErrorReverts));
            return failures;
        }

        Assert.InRange(Failures(3), 70, 130);
        Assert.Equal(Failures(3), Failures(3));
        Assert.NotEqual(Failures(3), Failures(4));
    }

    [Fact]
    public void Calls_take_virtual_time()
    {
        Assert.Equal(TimeSpan.Zero, _disk.TakeLatency());
        _disk.Latency = new DiskLatency(TimeSpan.Zero, TimeSpan.Zero, TimeSpan.FromMilliseconds(1));
        for (int i = 0; i < 1000; i++)
        {
            _file.Sync();
        }

        Assert.InRange(_disk.TakeLatency().TotalMilliseconds, 900, 1100);
        Assert.Equal(TimeSpan.Zero, _disk.TakeLatency());
        _disk.SlowFactor = 100;
        _file.Sync();
        Assert.InRange(_disk.TakeLatency().TotalMilliseconds, 50, 500);
        _disk.SlowFactor = 1;
        _disk.Stall(TimeSpan.FromSeconds(2));
        Assert.Equal(TimeSpan.FromSeconds(2), _disk.TakeLatency());
        Assert.Equal(2, _disk.Faults.HitsOf(DiskFault.Slowness));
    }

    [Fact]
    public void Writing_and_syncing_allocate_nothing()
    {
        byte[] bytes = new byte[700];
        for (int i = 0; i < 100; i++)
        {
            _file.Write(i, bytes);
            _file.Sync();
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            _file.Write(i % 100, bytes);
            _file.Sync();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private int ByteAt(long offset, SimulatedDisk? disk = null)
    {
        using IFile file = (disk ?? _disk).Open("a", FileOpenMode.Existing);
        byte[] one = new byte[1];
        file.Read(offset, one);
        return one[0];
    }
}
