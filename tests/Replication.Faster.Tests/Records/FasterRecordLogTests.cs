using Replication.Storage.Files;
using Replication.Storage.Records;
using Replication.Testing.Conformance.Records;
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

    private static void AssertSameFiles(InMemoryFileSystem one, InMemoryFileSystem other)
    {
        IReadOnlyList<string> names = one.List("d/log");
        Assert.Equal(names, other.List("d/log"));
        foreach (string name in names)
        {
            Assert.Equal(Content(one, name), Content(other, name));
        }
    }

    private static byte[] Content(InMemoryFileSystem disk, string name)
    {
        using IFile file = disk.Open($"d/log/{name}", FileOpenMode.Existing);
        byte[] bytes = new byte[file.Length];
        file.Read(0, bytes);
        return bytes;
    }
}
