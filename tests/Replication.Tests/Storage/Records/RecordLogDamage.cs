using Replication.Errors;
using Replication.Storage.Files;
using Replication.Storage.Records;
using Replication.Testing.Conformance.Records;

namespace Replication.Tests.Storage.Records;

/// <summary>
/// What every record log must do when bytes rot or writes tear: every byte of a small log is damaged, one at a time.
/// </summary>
public abstract class RecordLogDamage
{
    private const int Flushes = 9;

    protected abstract IRecordLogFactory Factory { get; }

    [Fact]
    public void A_flipped_bit_is_refused_below_the_last_flush_and_cut_in_it()
    {
        (InMemoryFileSystem disk, RecordLogProgram program, long lastFlush) = Build(hintAtTheEnd: false);
        int cut = 0;
        foreach ((string file, long offset, long address) in Bytes(disk, program))
        {
            InMemoryFileSystem damaged = disk.CrashClone();
            Flip(damaged, file, offset, (int)(offset % 8));
            if (address < lastFlush)
            {
                AssertRefused(damaged, program, file, offset);
                continue;
            }

            using RecordLogProgram after = new(Factory, damaged);
            AssertCut(program, after, file, offset, lastFlush);
            cut++;
        }

        // The window: exactly the bytes of the last flush may be cut, not one more.
        Assert.Equal(program.Log.TailAddress - lastFlush, cut);
    }

    [Fact]
    public void Once_the_hint_is_written_not_one_byte_may_be_cut()
    {
        (InMemoryFileSystem disk, RecordLogProgram program, _) = Build(hintAtTheEnd: true);
        foreach ((string file, long offset, _) in Bytes(disk, program))
        {
            InMemoryFileSystem damaged = disk.CrashClone();
            Flip(damaged, file, offset, (int)(offset % 8));
            AssertRefused(damaged, program, file, offset);
        }
    }

    [Fact]
    public void After_a_clean_stop_not_one_byte_may_be_cut()
    {
        (InMemoryFileSystem disk, RecordLogProgram program, _) = Build(hintAtTheEnd: false);
        var bytes = Bytes(disk, program).ToList();
        program.Dispose();
        foreach ((string file, long offset, _) in bytes)
        {
            InMemoryFileSystem damaged = disk.CrashClone();
            Flip(damaged, file, offset, (int)(offset % 8));
            AssertRefused(damaged, program, file, offset);
        }

        using RecordLogProgram whole = new(Factory, disk.CrashClone());
        Assert.Equal(program.Records.Count, whole.Records.Count);
    }

    [Fact]
    public void A_log_cut_short_at_any_byte_is_refused_below_the_last_flush_and_cut_in_it()
    {
        (InMemoryFileSystem disk, RecordLogProgram program, long lastFlush) = Build(hintAtTheEnd: false);
        var bytes = Bytes(disk, program).ToList();
        var wholes = bytes.Select(entry => entry.File).Distinct().ToDictionary(
            file => file, file => Content(disk, file));
        foreach ((string file, long offset, long address) in bytes.Where(
            entry => entry.Address >= RecordGeometry.FirstAddress))
        {
            InMemoryFileSystem damaged = disk.CrashClone();
            using (IFile open = damaged.Open(file, FileOpenMode.Existing))
            {
                open.SetLength(offset);
            }

            // Past the end of a file read zeros: cutting off nothing but the zeros of a filler changes nothing.
            bool onlyZeros = !wholes[file].AsSpan((int)offset).ContainsAnyExcept((byte)0);
            if (address < lastFlush && !onlyZeros)
            {
                Assert.Equal(file, Assert.Throws<StorageCorruptedException>(() => Open(damaged, program.Options)).File);
                continue;
            }

            using RecordLogProgram after = new(Factory, damaged);
            RecordLogProgram.AssertPrefix(program, after, onlyZeros ? long.MaxValue : lastFlush);
        }
    }

    [Fact]
    public void A_sector_zeroed_is_refused_below_the_last_flush()
    {
        (InMemoryFileSystem disk, RecordLogProgram program, long lastFlush) = Build(hintAtTheEnd: false);
        foreach ((string file, long offset, long address) in Bytes(disk, program).Where(
            entry => entry.Offset % 512 == 0))
        {
            InMemoryFileSystem damaged = disk.CrashClone();
            using (IFile open = damaged.Open(file, FileOpenMode.Existing))
            {
                open.Write(offset, new byte[512]);
            }

            if (address < lastFlush)
            {
                AssertRefused(damaged, program, file, offset + 511);
            }
        }
    }

    [Fact]
    public void A_missing_segment_or_state_is_refused()
    {
        (InMemoryFileSystem disk, RecordLogProgram program, _) = Build(hintAtTheEnd: true);
        foreach (string name in disk.List("d/log"))
        {
            InMemoryFileSystem damaged = disk.CrashClone();
            damaged.Delete($"d/log/{name}");
            Assert.Throws<StorageCorruptedException>(() => Open(damaged, program.Options));
        }
    }

    [Fact]
    public void A_damaged_copy_of_the_state_loses_nothing_and_two_are_refused()
    {
        (InMemoryFileSystem disk, RecordLogProgram program, _) = Build(hintAtTheEnd: false);
        program.Dispose();
        for (int offset = 0; offset < LogState.Bytes; offset++)
        {
            InMemoryFileSystem damaged = disk.CrashClone();
            for (int slot = 0; slot < 2; slot++)
            {
                InMemoryFileSystem one = disk.CrashClone();
                Flip(one, "d/log/state", (slot * LogStateFile.SlotDistance) + offset, offset % 8);
                using RecordLogProgram after = new(Factory, one);
                Assert.Equal(program.Records.Count, after.Records.Count);
                Assert.Equal(2, after.Report.BootCount);
                Flip(damaged, "d/log/state", (slot * LogStateFile.SlotDistance) + offset, offset % 8);
            }

            Assert.Equal(
                "d/log/state", Assert.Throws<StorageCorruptedException>(() => Open(damaged, program.Options)).File);
        }
    }

    [Fact]
    public void Old_bytes_of_recycled_segments_are_no_records_and_no_damage()
    {
        var disk = new InMemoryFileSystem();
        using RecordLogProgram program = new(Factory, disk);
        for (int i = 0; i < 60; i++)
        {
            program.Append(100 + (i % 7), i);
            program.Flush();
            program.Truncate(i % 10 == 9 ? 9 : 0);
            using RecordLogProgram after = new(Factory, disk.CrashClone());
            RecordLogProgram.AssertPrefix(program, after);
            Assert.Null(after.Report.CutFile);
        }
    }

    [Fact]
    public void A_torn_record_in_a_recycled_segment_is_reported()
    {
        var disk = new InMemoryFileSystem();
        RecordLogProgram program = new(Factory, disk);
        for (int i = 0; i < 61; i++)
        {
            program.Append(100, i);
            program.Flush();
            program.Truncate(i % 10 == 9 ? 9 : 0);
        }

        (long address, _) = program.Records[^1];
        InMemoryFileSystem damaged = disk.CrashClone();
        Flip(damaged, $"d/log/log.{address >> 11}", (address & 2047) + 60, 3);
        using RecordLogProgram after = new(Factory, damaged);
        Assert.Equal($"d/log/log.{address >> 11}", after.Report.CutFile);
        Assert.Equal(address & 2047, after.Report.CutOffset);
        Assert.True(after.Report.CutBytes >= 100);
    }

    [Fact]
    public void Garbage_that_a_torn_first_write_left_in_front_of_the_first_record_is_gone_for_good()
    {
        var disk = new InMemoryFileSystem();
        using RecordLogProgram created = new(Factory, disk);
        byte[] garbage = new byte[512];
        garbage.AsSpan().Fill(0xAB);
        using (IFile file = disk.Open("d/log/log.0", FileOpenMode.ExistingOrNew))
        {
            file.Write(0, garbage);
            file.Sync();
        }

        disk.SyncDirectory("d/log");
        disk = disk.CrashClone();
        RecordLogProgram cut = new(Factory, disk);
        Assert.Equal("d/log/log.0", cut.Report.CutFile);
        cut.Append(100, 1);
        cut.Flush();
        cut.Log.WriteHint();
        using RecordLogProgram after = new(Factory, disk.CrashClone());
        RecordLogProgram.AssertPrefix(cut, after);
    }

    private static IEnumerable<(string File, long Offset, long Address)> Bytes(
        InMemoryFileSystem disk, RecordLogProgram program)
    {
        for (long address = 0; address < program.Log.DurableAddress; address++)
        {
            string file = $"d/log/log.{address >> program.Options.SegmentSizeBits}";
            yield return (file, address & ((1 << program.Options.SegmentSizeBits) - 1), address);
        }

        Assert.True(program.Log.DurableAddress > 3 << program.Options.SegmentSizeBits, "The log must span segments.");
        Assert.NotEmpty(disk.List("d/log"));
    }

    private static byte[] Content(InMemoryFileSystem disk, string path)
    {
        using IFile file = disk.Open(path, FileOpenMode.Existing);
        byte[] bytes = new byte[file.Length];
        file.Read(0, bytes);
        return bytes;
    }

    private static void Flip(InMemoryFileSystem disk, string path, long offset, int bit)
    {
        using IFile file = disk.Open(path, FileOpenMode.Existing);
        Span<byte> one = stackalloc byte[1];
        Assert.Equal(1, file.Read(offset, one));
        one[0] ^= (byte)(1 << bit);
        file.Write(offset, one);
        file.Sync();
    }

    private (InMemoryFileSystem Disk, RecordLogProgram Program, long LastFlush) Build(bool hintAtTheEnd)
    {
        var disk = new InMemoryFileSystem();
        RecordLogProgram program = new(Factory, disk);
        long lastFlush = 0;
        for (int i = 0; i < Flushes; i++)
        {
            lastFlush = program.Log.TailAddress;
            for (int j = 0; j < 3; j++)
            {
                program.Append(100 + (37 * j) + i, (i * 3) + j);
            }

            program.Flush();
            if (i == 3)
            {
                program.Log.WriteHint();
            }
        }

        if (hintAtTheEnd)
        {
            program.Log.WriteHint();
        }

        return (disk, program, lastFlush);
    }

    private void AssertRefused(InMemoryFileSystem damaged, RecordLogProgram program, string file, long offset)
    {
        StorageCorruptedException error = Assert.Throws<StorageCorruptedException>(
            () => Open(damaged, program.Options));
        Assert.Equal(file, error.File);
        Assert.InRange(error.Offset, 0, offset);
        Assert.Contains("Keep the directory", error.Message, StringComparison.Ordinal);
    }

    private static void AssertCut(
        RecordLogProgram before, RecordLogProgram after, string file, long offset, long lastFlush)
    {
        RecordLogProgram.AssertPrefix(before, after, lastFlush);
        int lost = before.Records.Count - after.Records.Count;
        Assert.NotNull(after.Report.CutFile);
        Assert.Equal(file, after.Report.CutFile);
        Assert.InRange(after.Report.CutOffset, 0, offset);
        Assert.True(after.Report.CutBytes > 0);
        Assert.InRange(lost, 0, 3);
    }

    private void Open(InMemoryFileSystem disk, RecordLogOptions options) =>
        Factory.Open(disk, options, new CollectingVisitor(), out _).Dispose();
}
