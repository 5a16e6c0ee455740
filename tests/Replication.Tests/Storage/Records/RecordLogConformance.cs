using Replication.Errors;
using Replication.Storage.Files;
using Replication.Storage.Records;
using Replication.Testing.Disks;
using Replication.Testing.Files;

namespace Replication.Tests.Storage.Records;

/// <summary>What every record log must do.</summary>
public abstract class RecordLogConformance
{
    protected abstract IRecordLogFactory Factory { get; }

    private InMemoryFileSystem Disk { get; } = new();

    [Fact]
    public void An_empty_log_opens_at_the_first_address_and_counts_its_openings()
    {
        for (int boot = 1; boot <= 3; boot++)
        {
            using RecordLogProgram program = Open(Disk);
            Assert.Equal(boot, program.Report.BootCount);
            Assert.Equal(0, program.Report.Records);
            Assert.Null(program.Report.CutFile);
            Assert.Equal(RecordGeometry.FirstAddress, program.Log.TailAddress);
            Assert.Equal(RecordGeometry.FirstAddress, program.Log.DurableAddress);
        }
    }

    [Fact]
    public void A_flush_makes_everything_durable_and_ends_on_a_sector_boundary()
    {
        using RecordLogProgram program = Open(Disk);
        for (int i = 0; i < 40; i++)
        {
            program.Append(1 + (i * 13), i);
            program.Flush();
            Assert.Equal(0, program.Log.DurableAddress % program.Options.SectorBytes);
            Assert.Equal(program.Log.TailAddress, program.Log.DurableAddress);
            using RecordLogProgram after = Open(Disk.CrashClone());
            RecordLogProgram.AssertPrefix(program, after);
        }
    }

    [Fact]
    public void What_was_not_flushed_is_gone_after_a_power_loss()
    {
        using RecordLogProgram program = Open(Disk);
        program.Append(100, 1);
        program.Flush();
        program.Append(100, 2);
        using RecordLogProgram after = Open(Disk.CrashClone());
        Assert.Single(after.Records);
    }

    [Fact]
    public async Task Records_are_read_back_from_any_thread_while_the_owner_appends()
    {
        using RecordLogProgram program = Open(Disk);
        for (int i = 0; i < 50; i++)
        {
            program.Append(10 + i, i);
        }

        program.Flush();
        (long Address, byte[] Payload)[] durable = [.. program.Records];
        Task reader = Task.Run(() =>
        {
            for (int i = 0; i < 20; i++)
            {
                foreach ((long address, byte[] payload) in durable)
                {
                    byte[] read = new byte[payload.Length];
                    program.Log.Read(address, read);
                    Assert.Equal(payload, read);
                }
            }
        });
        for (int i = 0; i < 200; i++)
        {
            program.Append(100, i);
            program.Flush();
        }

        await reader;
    }

    [Fact]
    public void A_read_of_what_is_no_durable_record_of_that_length_is_refused()
    {
        using RecordLogProgram program = Open(Disk);
        program.Append(100, 1);
        Assert.Throws<ArgumentOutOfRangeException>(() => program.Log.Read(program.Records[0].Address, new byte[100]));
        program.Flush();
        Assert.Throws<StorageCorruptedException>(() => program.Log.Read(program.Records[0].Address, new byte[99]));
        Assert.Throws<StorageCorruptedException>(() => program.Log.Read(program.Records[0].Address + 4, new byte[100]));
        Assert.Throws<ArgumentOutOfRangeException>(() => program.Log.Read(0, new byte[100]));
        program.Log.Read(program.Records[0].Address, new byte[100]);
    }

    [Fact]
    public void Empty_and_oversized_records_are_refused_and_the_log_goes_on()
    {
        using RecordLogProgram program = Open(Disk);
        Assert.Throws<ArgumentException>(() => program.Log.Append(default, default));
        Assert.Throws<ArgumentException>(
            () => program.Log.Append(new byte[program.Options.RecordBytesMax], new byte[1]));
        program.Append(program.Options.RecordBytesMax, 1);
        program.Append(1, 2);
        program.Flush();
        using RecordLogProgram after = Open(Disk.CrashClone());
        RecordLogProgram.AssertPrefix(program, after);
    }

    [Fact]
    public void More_than_the_memory_may_wait_for_one_flush()
    {
        using RecordLogProgram program = Open(Disk);
        for (int i = 0; i < 100; i++)
        {
            program.Append(500, i);
        }

        program.Flush();
        using RecordLogProgram after = Open(Disk.CrashClone());
        RecordLogProgram.AssertPrefix(program, after);
    }

    [Fact]
    public void A_disposed_log_refuses_everything()
    {
        RecordLogProgram program = Open(Disk);
        program.Append(10, 1);
        program.Flush();
        program.Dispose();
        program.Dispose();
        Assert.Throws<ObjectDisposedException>(() => program.Append(10, 2));
        Assert.Throws<ObjectDisposedException>(program.Flush);
        Assert.Throws<ObjectDisposedException>(() => program.Log.TruncatePrefix(100));
        Assert.Throws<ObjectDisposedException>(program.Log.WriteHint);
    }

    [Fact]
    public void A_log_of_other_sizes_is_refused_with_both()
    {
        Open(Disk).Dispose();
        RecordLogOptions options = new() { Directory = "d/log", PageSizeBits = 12, MemorySizeBits = 14,
            SegmentSizeBits = 12, SectorBytes = 512 };
        string message = Assert.Throws<DataDirectoryException>(() => Factory.Open(Disk, options,
            new CollectingVisitor(), out _)).Message;
        Assert.Contains("PageSizeBits 10", message, StringComparison.Ordinal);
        Assert.Contains("12", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_out_of_bounds_are_refused_with_the_value()
    {
        RecordLogOptions options = new() { Directory = "d/log", SectorBytes = 1000 };
        Assert.Contains("1000", Assert.Throws<ArgumentException>(() => Factory.Open(Disk, options,
            new CollectingVisitor(), out _)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_truncated_prefix_returns_whole_segments_which_are_recycled_by_rename()
    {
        var disk = new FaultyFileSystem(Disk);
        using RecordLogProgram program = Open(disk);
        for (int round = 0; round < 30; round++)
        {
            for (int i = 0; i < 8; i++)
            {
                program.Append(300, (round * 8) + i);
                program.Flush();
            }

            program.Truncate(8);
            Assert.InRange(Disk.List("d/log").Count(name => name.StartsWith("log.", StringComparison.Ordinal)), 1, 6);
        }

        Assert.Contains(disk.Calls, call => call.Operation == FileOperation.Rename && call.Path.Contains(
            "log.", StringComparison.Ordinal));
        using RecordLogProgram after = Open(Disk.CrashClone());
        RecordLogProgram.AssertPrefix(program, after);
        Assert.Null(after.Report.CutFile);
    }

    [Fact]
    public void Everything_may_be_given_up_and_the_log_goes_on_after_a_restart()
    {
        RecordLogProgram program = Open(Disk);
        for (int i = 0; i < 20; i++)
        {
            program.Append(300, i);
        }

        program.Flush();
        program.Truncate(20);
        program.Dispose();
        using RecordLogProgram after = Open(Disk.CrashClone());
        Assert.All(after.Records, record => Assert.True(record.Address >= program.Log.BeginAddress >> 11 << 11));
        after.Append(10, 1);
        after.Flush();
        using RecordLogProgram again = Open(Disk.CrashClone());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void After_any_power_loss_a_prefix_with_everything_acknowledged_is_there(int seed)
    {
        var random = new Random(seed);
        var disk = new SimulatedDisk((ulong)seed);
        var loss = new PowerLoss(SectorLoss.Torn, NameLoss.Any);
        for (int life = 0; life < 25; life++)
        {
            using RecordLogProgram program = Open(disk);
            int steps = random.Next(60);
            for (int step = 0; step < steps; step++)
            {
                program.Step(random);
                if (step % 7 == 0)
                {
                    using RecordLogProgram probe = Open(disk.ImageAfter(loss, (ulong)random.Next()));
                    RecordLogProgram.AssertPrefix(program, probe);
                }
            }

            SimulatedDisk after = disk.ImageAfter(loss, (ulong)random.Next());
            using (RecordLogProgram first = Open(after))
            {
                RecordLogProgram.AssertPrefix(program, first);

                // What was found once is found again, whatever happens next.
                using RecordLogProgram second = Open(after.ImageAfter(loss, (ulong)random.Next()));
                Assert.Equal(
                    first.Records.Select(record => record.Address), second.Records.Select(record => record.Address));
                Assert.Null(second.Report.CutFile);
            }

            disk = after.DurableImage();
        }
    }

    private RecordLogProgram Open(IFileSystem disk) => new(Factory, disk);
}
