using System.Buffers;
using Replication.Errors;
using Replication.Primitives;
using Replication.Raft.Primitives;
using Replication.StateMachines;
using Replication.Storage.Files;
using Replication.Storage.Snapshots;
using Replication.Testing.Disks;
using Replication.Testing.Files;
using Replication.Tests.StateMachines;

namespace Replication.Tests.Storage.Snapshots;

public sealed class SnapshotFileCheckpointsTests
{
    [Fact]
    public void A_machine_comes_back_at_its_newest_checkpoint_with_the_attachment()
    {
        var files = new InMemoryFileSystem();
        using (var first = new SnapshotFileCheckpoints(new CountingMachine(), files, "groups/one"))
        {
            Assert.Equal(LogId.Zero, first.CheckpointId);
            Assert.True(first.CheckpointAttachment.IsEmpty);
            Apply(first, 1, 70_000);
            Checkpoint(first, 1, [1]);
            Apply(first, 2, 150_000);
            Checkpoint(first, 2, new byte[100_000]);
            Apply(first, 3, 5);
            Assert.Equal(2, first.CheckpointId.Index.Value);
        }

        var machine = new CountingMachine();
        using var second = new SnapshotFileCheckpoints(machine, files.CrashClone(), "groups/one");
        Assert.Equal(Id(2), second.CheckpointId);
        Assert.Equal(100_000, second.CheckpointAttachment.Length);
        Assert.Equal([70_000, 150_000], machine.Commands.Select(c => c.Length));
        Assert.All(machine.Commands, c => Assert.All(c, b => Assert.Equal((byte)c.Length, b)));
        Assert.Single(files.List("groups/one"));
    }

    [Fact]
    public void What_is_applied_while_a_checkpoint_is_written_is_not_in_it_and_only_one_is_under_way()
    {
        var files = new InMemoryFileSystem();
        using var first = new SnapshotFileCheckpoints(new CountingMachine(), files, "one");
        Apply(first, 1, 10);
        IBackgroundWork work = first.CaptureCheckpoint(Id(1), default);
        Apply(first, 2, 20);
        Assert.Throws<InvalidOperationException>(() => first.CaptureCheckpoint(Id(2), default));
        work.Run();
        Assert.Equal(LogId.Zero, first.CheckpointId);
        work.Completed();
        Assert.Equal(Id(1), first.CheckpointId);

        var machine = new CountingMachine();
        using var second = new SnapshotFileCheckpoints(machine, files.CrashClone(), "one");
        Assert.Equal(10, Assert.Single(machine.Commands).Length);
    }

    // The kill leaves a name that no directory sync has made durable; the next start trusts it.
    [Fact]
    public void Killed_after_the_rename_and_without_power_within_the_next_start_it_still_has_a_checkpoint()
    {
        var disk = new SimulatedDisk(1) { DefersDurability = true };
        var faulty = new FaultyFileSystem(disk);
        var first = new SnapshotFileCheckpoints(new CountingMachine(), faulty, "one");
        Apply(first, 1, 1);
        Checkpoint(first, 1, []);
        disk.Settle(disk.Position);
        Apply(first, 2, 2);
        FileFault kill = faulty.FailOn(
            call => call.Operation == FileOperation.SyncDirectory, 0, DiskError.InputOutput);
        Assert.Throws<StorageFailedException>(first.CaptureCheckpoint(Id(2), default).Run);
        Assert.NotNull(kill.Hit);
        disk.EndProcess();

        long from = disk.Position;
        using var second = new SnapshotFileCheckpoints(new CountingMachine(), disk, "one");
        Assert.Equal(Id(2), second.CheckpointId);
        int images = 0;
        for (long point = from; point <= disk.Position; point++)
        {
            EveryImage.Of(disk, point, new PowerLoss(SectorLoss.Reordered, NameLoss.Any), 4096, (image, _) =>
            {
                images++;
                using var third = new SnapshotFileCheckpoints(new CountingMachine(), image, "one");
                Assert.True(
                    third.CheckpointId.Index.Value >= 1, $"{point - from}: {string.Join(' ', image.List("one"))}");
            });
        }

        Assert.True(images > 10, $"{images} images");
    }

    [Fact]
    public void After_a_crash_at_any_call_to_the_disk_there_is_the_old_checkpoint_or_the_new_one_whole()
    {
        int crashes = 0;
        int news = 0;
        for (int calls = 0; ; calls++)
        {
            var disk = new InMemoryFileSystem();
            var files = new FailingFiles(disk);
            using var first = new SnapshotFileCheckpoints(new CountingMachine(), files, "one");
            Apply(first, 1, 100_000);
            Checkpoint(first, 1, [1]);
            Apply(first, 2, 200_000);
            IBackgroundWork work = first.CaptureCheckpoint(Id(2), new byte[] { 2 });
            files.CallsLeft = calls;
            bool failed = Record.Exception(work.Run) is StorageFailedException;

            var machine = new CountingMachine();
            using var second = new SnapshotFileCheckpoints(machine, disk.CrashClone(), "one");
            Assert.Equal((byte)second.CheckpointId.Index.Value, second.CheckpointAttachment.Span[0]);
            Assert.Equal(second.CheckpointId.Index.Value, machine.Commands.Count);
            Assert.True(failed || second.CheckpointId == Id(2), "A finished checkpoint is durable.");
            news += second.CheckpointId == Id(2) ? 1 : 0;
            if (!failed)
            {
                break;
            }

            crashes++;
        }

        Assert.True(crashes >= 8 && news >= 2 && news <= crashes, $"{crashes} crashes, {news} new.");
    }

    [Fact]
    public void The_name_of_a_restored_snapshot_is_durable_also_if_the_process_died_before_it_made_it_so()
    {
        var disk = new InMemoryFileSystem();
        var files = new FailingFiles(disk);
        using var first = new SnapshotFileCheckpoints(new CountingMachine(), files, "one");
        Apply(first, 1, 10);
        IBackgroundWork work = first.CaptureCheckpoint(Id(1), default);
        files.FailsDirectorySyncs = true;
        Assert.Throws<StorageFailedException>(work.Run);

        using var second = new SnapshotFileCheckpoints(new CountingMachine(), disk, "one");
        Assert.Equal(Id(1), second.CheckpointId);

        // Log may be given up behind it from here on.
        using var third = new SnapshotFileCheckpoints(new CountingMachine(), disk.CrashClone(), "one");
        Assert.Equal(Id(1), third.CheckpointId);
    }

    [Fact]
    public void Every_flipped_bit_and_every_cut_of_the_newest_snapshot_is_refused_with_file_and_offset()
    {
        var files = new InMemoryFileSystem();
        using var first = new SnapshotFileCheckpoints(new CountingMachine(), files, "one");
        Apply(first, 1, 300);
        Checkpoint(first, 1, [1, 2, 3]);
        string path = "one/" + Assert.Single(files.List("one"));
        byte[] bytes = ReadAll(files, path);

        for (int at = 0; at < bytes.Length; at++)
        {
            byte[] damaged = (byte[])bytes.Clone();
            damaged[at] ^= (byte)(1 << (at % 8));
            AssertRefused(path, damaged);
            AssertRefused(path, bytes[..at]);
        }

        AssertRefused(path, [.. bytes, 0]);
        AssertRefused(path, [.. bytes, .. bytes[^8..]]);
    }

    [Fact]
    public void A_chunk_of_another_place_or_file_does_not_pass()
    {
        var files = new InMemoryFileSystem();
        using var first = new SnapshotFileCheckpoints(new CountingMachine(), files, "one");
        Apply(first, 1, 4 * SnapshotFileFormat.ChunkBytesMax);
        Checkpoint(first, 1, []);
        string path = "one/" + Assert.Single(files.List("one"));
        byte[] bytes = ReadAll(files, path);
        int chunk = SnapshotFileFormat.ChunkHeadBytes + SnapshotFileFormat.ChunkBytesMax;
        int at = SnapshotFileFormat.HeaderBytes;

        // Two whole chunks with equal content change places: only the number in the checksum tells.
        byte[] swapped = [.. bytes[..(at + chunk)], .. bytes[(at + (2 * chunk))..(at + (3 * chunk))],
            .. bytes[(at + chunk)..(at + (2 * chunk))], .. bytes[(at + (3 * chunk))..]];
        AssertRefused(path, swapped);
    }

    [Fact]
    public void A_damaged_newest_snapshot_is_never_made_up_for_by_an_older_one()
    {
        var files = new InMemoryFileSystem();
        using var first = new SnapshotFileCheckpoints(new CountingMachine(), files, "one");
        Apply(first, 1, 10);
        Checkpoint(first, 1, []);
        string old = "one/" + Assert.Single(files.List("one"));
        byte[] oldBytes = ReadAll(files, old);
        Apply(first, 2, 10);
        Checkpoint(first, 2, []);
        string newest = "one/" + Assert.Single(files.List("one"));
        Write(files, old, oldBytes);
        Write(files, newest, ReadAll(files, newest)[..^1]);

        var e = Assert.Throws<StorageCorruptedException>(
            () => new SnapshotFileCheckpoints(new CountingMachine(), files, "one"));
        Assert.Equal(newest, e.File);
    }

    [Fact]
    public void Sessions_before_a_users_machine_are_stored_with_its_snapshots()
    {
        var files = new InMemoryFileSystem();
        using var machine = new SessionedStateMachine(new SnapshotFileCheckpoints(new CountingMachine(), files, "one"));
        var result = new ArrayBufferWriter<byte>();
        machine.Apply(Context(1), CommandEnvelope.ForOpening(TimeSpan.FromSeconds(9)).ToPayload([]), result);
        byte[] command = CommandEnvelope.ForCommand(new(1, 1, 1)).ToPayload([42]);
        result.ResetWrittenCount();
        machine.Apply(Context(2), command, result);
        byte[] answer = result.WrittenSpan[1..].ToArray();
        IBackgroundWork work = machine.CaptureCheckpoint(Id(2), new byte[] { 5 });
        work.Run();
        work.Completed();

        var restored = new CountingMachine();
        using var again = new SessionedStateMachine(new SnapshotFileCheckpoints(restored, files, "one"));
        Assert.Equal([5], again.CheckpointAttachment.ToArray());
        result.ResetWrittenCount();
        again.Apply(Context(3), command, result);
        Assert.Equal((byte)CommandResultCode.Replayed, result.WrittenSpan[0]);
        Assert.True(result.WrittenSpan.EndsWith(answer));
        Assert.Single(restored.Commands);
    }

    private static LogId Id(long index) => new(new Term(7), new LogIndex(index));

    private static ApplyContext Context(long index) => new(Id(index), new HybridTimestamp(index));

    private static void Apply(SnapshotFileCheckpoints machine, long index, int length)
    {
        byte[] command = new byte[length];
        Array.Fill(command, (byte)length);
        machine.Apply(Context(index), command, new ArrayBufferWriter<byte>());
    }

    private static void Checkpoint(SnapshotFileCheckpoints machine, long index, byte[] attachment)
    {
        IBackgroundWork work = machine.CaptureCheckpoint(Id(index), attachment);
        work.Run();
        work.Completed();
    }

    private static void AssertRefused(string path, byte[] bytes)
    {
        var files = new InMemoryFileSystem();
        files.CreateDirectory("one");
        Write(files, path, bytes);
        var e = Assert.Throws<StorageCorruptedException>(
            () => new SnapshotFileCheckpoints(new CountingMachine(), files, "one"));
        Assert.Equal(path, e.File);
        Assert.InRange(e.Offset, 0, bytes.Length);
    }

    private static byte[] ReadAll(InMemoryFileSystem files, string path)
    {
        using IFile file = files.Open(path, FileOpenMode.Existing);
        byte[] bytes = new byte[file.Length];
        Assert.Equal(bytes.Length, file.Read(0, bytes));
        return bytes;
    }

    private static void Write(InMemoryFileSystem files, string path, byte[] bytes)
    {
        using IFile file = files.Open(path, FileOpenMode.ExistingOrNew);
        file.SetLength(0);
        file.Write(0, bytes);
    }

    /// <summary>Fails every call that changes the disk after a number of them.</summary>
    private sealed class FailingFiles(InMemoryFileSystem inner) : IFileSystem
    {
        public int CallsLeft { get; set; } = int.MaxValue;

        public bool FailsDirectorySyncs { get; set; }

        public IFile Open(string path, FileOpenMode mode) => new FailingFile(this, inner.Open(path, mode));

        public IReadOnlyList<string> List(string directory) => inner.List(directory);

        public void CreateDirectory(string directory) => Guarded(() => inner.CreateDirectory(directory));

        public void Rename(string source, string target) => Guarded(() => inner.Rename(source, target));

        public void Delete(string path) => Guarded(() => inner.Delete(path));

        public void SyncDirectory(string directory)
        {
            CallsLeft = FailsDirectorySyncs ? 0 : CallsLeft;
            Guarded(() => inner.SyncDirectory(directory));
        }

        public IDisposable Lock(string path) => inner.Lock(path);

        public long GetFreeBytes() => inner.GetFreeBytes();

        public void Guarded(Action call)
        {
            if (CallsLeft-- <= 0)
            {
                throw new StorageFailedException("planted");
            }

            call();
        }
    }

    private sealed class FailingFile(FailingFiles owner, IFile inner) : IFile
    {
        public long Length => inner.Length;

        public int Read(long offset, Span<byte> destination) => inner.Read(offset, destination);

        public void Write(long offset, ReadOnlySpan<byte> source)
        {
            byte[] copy = source.ToArray();
            owner.Guarded(() => inner.Write(offset, copy));
        }

        public void Sync() => owner.Guarded(inner.Sync);

        public void DropCache() => inner.DropCache();

        public void SetLength(long length) => owner.Guarded(() => inner.SetLength(length));

        public void Dispose() => inner.Dispose();
    }
}
