using Replication.Storage.Files;
using Replication.Storage.Records;
using Replication.Testing.Conformance.Records;
using Replication.Testing.Disks;
using Replication.Tests.Storage.Records;

namespace Replication.Faster.Tests.Records;

public sealed class FasterRecordLogConformanceTests
{
    private static readonly RecordLogSuite Suite = new(new FasterRecordLogFactory());

    public static TheoryData<string> Cases => [.. Suite.Cases.Select(each => each.Name)];

    [Theory]
    [MemberData(nameof(Cases))]
    public Task A_log_on_FasterLog_keeps_to(string promise) => Suite.RunAsync(promise);
}

public sealed class FasterRecordLogDamageTests : RecordLogDamage
{
    protected override IRecordLogFactory Factory { get; } = new FasterRecordLogFactory();
}

public sealed class FasterRecordLogFaultTests : RecordLogFaults
{
    protected override IRecordLogFactory Factory { get; } = new FasterRecordLogFactory();
}

public class SameBytesTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(10)]
    public void Both_record_logs_leave_the_same_bytes_after_every_flush_and_restart(int seed)
    {
        var diskOfOne = new InMemoryFileSystem();
        var diskOfOther = new InMemoryFileSystem();
        for (int life = 0; life < 8; life++)
        {
            using (var one = new RecordLogProgram(new SegmentRecordLogFactory(), diskOfOne))
            using (var other = new RecordLogProgram(new FasterRecordLogFactory(), diskOfOther))
            {
                Assert.Equal(one.Report, other.Report);
                var random = new Random((seed * 100) + life);
                var sameRandom = new Random((seed * 100) + life);
                for (int step = 0; step < 150; step++)
                {
                    one.Step(random);
                    other.Step(sameRandom);
                    Assert.Equal(one.Log.TailAddress, other.Log.TailAddress);
                    Assert.Equal(one.Log.BeginAddress, other.Log.BeginAddress);
                    if (one.Log.DurableAddress == one.Log.TailAddress)
                    {
                        AssertSameFiles(diskOfOne, diskOfOther);
                    }
                }

                one.Flush();
                other.Flush();
                if (life % 2 == 0)
                {
                    diskOfOne = diskOfOne.CrashClone();
                    diskOfOther = diskOfOther.CrashClone();
                }
            }

            AssertSameFiles(diskOfOne, diskOfOther);

            // Each reads what the other wrote.
            (diskOfOne, diskOfOther) = (diskOfOther, diskOfOne);
        }
    }

    [Theory]
    [InlineData(10, 10, 512)]
    [InlineData(10, 12, 512)]
    [InlineData(12, 12, 4096)]
    [InlineData(14, 16, 4096)]
    public void They_do_so_whatever_the_sizes_of_pages_segments_and_sectors(int pageBits, int segmentBits, int sector)
    {
        RecordLogOptions options = new()
        {
            Directory = "d/log",
            PageSizeBits = pageBits,
            MemorySizeBits = pageBits + 2,
            SegmentSizeBits = segmentBits,
            SectorBytes = sector,
        };
        InMemoryFileSystem one = new();
        InMemoryFileSystem other = new();
        for (int life = 0; life < 6; life++)
        {
            Run(new SegmentRecordLogFactory(), one, options, life);
            Run(new FasterRecordLogFactory(), other, options, life);
            AssertSameFiles(one, other);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Both_make_the_same_bytes_of_whatever_a_power_loss_left(int seed)
    {
        var random = new Random(seed);
        var disk = new SimulatedDisk((ulong)seed);
        int cuts = 0;
        using RecordLogProgram program = new(new SegmentRecordLogFactory(), disk);
        disk.DefersDurability = true;
        for (int step = 0; step < 120; step++)
        {
            // The power goes in the midst of the step, between any two of its changes.
            long before = disk.Position;
            disk.Settle(before);
            program.Step(random);
            long moment = before + random.NextInt64(disk.Position - before + 1);
            SimulatedDisk left = disk.At(moment).ImageAfter(
                new PowerLoss(SectorLoss.Torn, NameLoss.Any), (ulong)random.Next());
            SimulatedDisk right = left.Clone();
            using RecordLogProgram ours = new(new SegmentRecordLogFactory(), left);
            using RecordLogProgram fasters = new(new FasterRecordLogFactory(), right);
            Assert.Equal(ours.Report, fasters.Report);
            AssertSameFiles(left, right);
            cuts += ours.Report.CutFile is null ? 0 : 1;
        }

        Assert.True(cuts > 0, "No tail was torn.");
    }

    private static void Run(IRecordLogFactory factory, InMemoryFileSystem disk, RecordLogOptions options, int seed)
    {
        using RecordLogProgram program = new(factory, disk, options);
        var random = new Random(seed);
        for (int step = 0; step < 200; step++)
        {
            program.Step(random);
        }

        program.Flush();
    }

    private static void AssertSameFiles(IFileSystem one, IFileSystem other)
    {
        IReadOnlyList<string> names = one.List("d/log");
        Assert.Equal(names, other.List("d/log"));
        foreach (string name in names)
        {
            Assert.Equal(Content(one, name), Content(other, name));
        }
    }

    private static byte[] Content(IFileSystem disk, string name)
    {
        using IFile file = disk.Open($"d/log/{name}", FileOpenMode.Existing);
        byte[] bytes = new byte[file.Length];
        file.Read(0, bytes);
        return bytes;
    }
}
