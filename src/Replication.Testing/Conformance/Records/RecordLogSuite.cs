using Replication.Errors;
using Replication.Storage.Files;
using Replication.Storage.Records;
using Replication.Testing.Disks;
using Replication.Testing.Files;

namespace Replication.Testing.Conformance.Records;

/// <summary>What every <see cref="IRecordLog"/> promises, its files included: segments named "log.*", recycled by
/// rename.</summary>
/// <remarks>The disk is in memory or simulated; the cases take about a second.</remarks>
public sealed class RecordLogSuite : ConformanceSuite
{
    private readonly IRecordLogFactory _factory;

    /// <summary>Initializes a new instance of the <see cref="RecordLogSuite"/> class.</summary>
    /// <param name="factory">Opens the logs under test.</param>
    public RecordLogSuite(IRecordLogFactory factory)
    {
        ArgumentNullException.ThrowIfNull(factory);
        _factory = factory;
        Add("An empty log opens at the first address and counts its openings", Openings);
        Add("A flush makes everything durable and ends on a sector boundary", Flushes);
        Add("What was not flushed is gone after a power loss", Unflushed);
        Add("Records are read back from any thread while the owner appends", ReadsBesideAsync);
        Add("A read of what is no durable record of that length is refused", WrongReads);
        Add("Empty and oversized records are refused and the log goes on", WrongSizes);
        Add("More than the memory may wait for one flush", LargeFlush);
        Add("A disposed log refuses everything", Disposed);
        Add("A log of other sizes is refused with both", OtherSizes);
        Add("Options out of bounds are refused with the value", WrongOptions);
        Add("A truncated prefix returns whole segments which are recycled by rename", TruncatedPrefix);
        Add("Everything may be given up and the log goes on after a restart", EverythingGivenUp);
        for (int seed = 1; seed <= 4; seed++)
        {
            int drawn = seed;
            Add($"After any power loss a prefix with everything acknowledged is there, seed {seed}",
                () => PowerLosses(drawn));
        }
    }

    private void Openings()
    {
        InMemoryFileSystem disk = new();
        for (int boot = 1; boot <= 3; boot++)
        {
            using RecordLogProgram program = Open(disk);
            Expect.Equal(boot, program.Report.BootCount);
            Expect.Equal(0, program.Report.Records);
            Expect.Equal(null, program.Report.CutFile);
            Expect.Equal(RecordGeometry.FirstAddress, program.Log.TailAddress);
            Expect.Equal(RecordGeometry.FirstAddress, program.Log.DurableAddress);
        }
    }

    private void Flushes()
    {
        InMemoryFileSystem disk = new();
        using RecordLogProgram program = Open(disk);
        for (int i = 0; i < 40; i++)
        {
            program.Append(1 + (i * 13), i);
            program.Flush();
            Expect.Equal(0, program.Log.DurableAddress % program.Options.SectorBytes);
            Expect.Equal(program.Log.TailAddress, program.Log.DurableAddress);
            using RecordLogProgram after = Open(disk.CrashClone());
            RecordLogProgram.AssertPrefix(program, after);
        }
    }

    private void Unflushed()
    {
        InMemoryFileSystem disk = new();
        using RecordLogProgram program = Open(disk);
        program.Append(100, 1);
        program.Flush();
        program.Append(100, 2);
        using RecordLogProgram after = Open(disk.CrashClone());
        Expect.Equal(1, after.Records.Count);
    }

    private async Task ReadsBesideAsync()
    {
        InMemoryFileSystem disk = new();
        using RecordLogProgram program = Open(disk);
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
                    Expect.Bytes(payload, read);
                }
            }
        });
        for (int i = 0; i < 200; i++)
        {
            program.Append(100, i);
            program.Flush();
        }

        await reader.ConfigureAwait(false);
    }

    private void WrongReads()
    {
        InMemoryFileSystem disk = new();
        using RecordLogProgram program = Open(disk);
        program.Append(100, 1);
        Expect.Throws<ArgumentOutOfRangeException>(() => program.Log.Read(program.Records[0].Address, new byte[100]));
        program.Flush();
        Expect.Throws<StorageCorruptedException>(() => program.Log.Read(program.Records[0].Address, new byte[99]));
        Expect.Throws<StorageCorruptedException>(() => program.Log.Read(program.Records[0].Address + 4, new byte[100]));
        Expect.Throws<ArgumentOutOfRangeException>(() => program.Log.Read(0, new byte[100]));
        program.Log.Read(program.Records[0].Address, new byte[100]);
    }

    private void WrongSizes()
    {
        InMemoryFileSystem disk = new();
        using RecordLogProgram program = Open(disk);
        Expect.Throws<ArgumentException>(() => program.Log.Append(default, default));
        Expect.Throws<ArgumentException>(
            () => program.Log.Append(new byte[program.Options.RecordBytesMax], new byte[1]));
        program.Append(program.Options.RecordBytesMax, 1);
        program.Append(1, 2);
        program.Flush();
        using RecordLogProgram after = Open(disk.CrashClone());
        RecordLogProgram.AssertPrefix(program, after);
    }

    private void LargeFlush()
    {
        InMemoryFileSystem disk = new();
        using RecordLogProgram program = Open(disk);
        for (int i = 0; i < 100; i++)
        {
            program.Append(500, i);
        }

        program.Flush();
        using RecordLogProgram after = Open(disk.CrashClone());
        RecordLogProgram.AssertPrefix(program, after);
    }

    private void Disposed()
    {
        InMemoryFileSystem disk = new();
        RecordLogProgram program = Open(disk);
        program.Append(10, 1);
        program.Flush();
        program.Dispose();
        program.Dispose();
        Expect.Throws<ObjectDisposedException>(() => program.Append(10, 2));
        Expect.Throws<ObjectDisposedException>(program.Flush);
        Expect.Throws<ObjectDisposedException>(() => program.Log.TruncatePrefix(100));
        Expect.Throws<ObjectDisposedException>(program.Log.WriteHint);
    }

    private void OtherSizes()
    {
        InMemoryFileSystem disk = new();
        Open(disk).Dispose();
        RecordLogOptions options = new() { Directory = "d/log", PageSizeBits = 12, MemorySizeBits = 14,
            SegmentSizeBits = 12, SectorBytes = 512 };
        string message = Expect.Throws<DataDirectoryException>(() => _factory.Open(disk, options,
            new CollectingVisitor(), out _)).Message;
        Expect.That(message.Contains("PageSizeBits 10", StringComparison.Ordinal));
        Expect.That(message.Contains("12", StringComparison.Ordinal));
    }

    private void WrongOptions()
    {
        InMemoryFileSystem disk = new();
        RecordLogOptions options = new() { Directory = "d/log", SectorBytes = 1000 };
        string message = Expect.Throws<ArgumentException>(
            () => _factory.Open(disk, options, new CollectingVisitor(), out _)).Message;
        Expect.That(message.Contains("1000", StringComparison.Ordinal));
    }

    private void TruncatedPrefix()
    {
        InMemoryFileSystem memory = new();
        var disk = new FaultyFileSystem(memory);
        using RecordLogProgram program = Open(disk);
        for (int round = 0; round < 30; round++)
        {
            for (int i = 0; i < 8; i++)
            {
                program.Append(300, (round * 8) + i);
                program.Flush();
            }

            program.Truncate(8);
            Expect.InRange(memory.List("d/log").Count(name => name.StartsWith("log.", StringComparison.Ordinal)), 1, 6);
        }

        Expect.That(disk.Calls.Any(call => call.Operation == FileOperation.Rename
            && call.Path.Contains("log.", StringComparison.Ordinal)));
        using RecordLogProgram after = Open(memory.CrashClone());
        RecordLogProgram.AssertPrefix(program, after);
        Expect.Equal(null, after.Report.CutFile);
    }

    private void EverythingGivenUp()
    {
        InMemoryFileSystem disk = new();
        RecordLogProgram program = Open(disk);
        for (int i = 0; i < 20; i++)
        {
            program.Append(300, i);
        }

        program.Flush();
        program.Truncate(20);
        program.Dispose();
        InMemoryFileSystem restarted = disk.CrashClone();
        using RecordLogProgram after = Open(restarted);
        Expect.That(after.Records.All(record => record.Address >= program.Log.BeginAddress >> 11 << 11));
        after.Append(10, 1);
        after.Flush();
        using RecordLogProgram again = Open(restarted.CrashClone());
        RecordLogProgram.AssertPrefix(after, again);
    }

    private void PowerLosses(int seed)
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
                Expect.Sequence(
                    first.Records.Select(record => record.Address), second.Records.Select(record => record.Address));
                Expect.Equal(null, second.Report.CutFile);
            }

            disk = after.DurableImage();
        }
    }

    private RecordLogProgram Open(IFileSystem disk) => new(_factory, disk);
}
