using System.Buffers;
using System.Buffers.Binary;
using Replication.Errors;
using Replication.Primitives;
using Replication.Raft.Primitives;
using Replication.StateMachines;
using Replication.Storage.Files;
using Replication.Testing.Disks;
using Replication.Testing.Files;

namespace Replication.Testing.Conformance.Snapshots;

/// <summary>What every snapshot store promises: an <see cref="ICheckpointedStateMachine"/> that puts an
/// <see cref="IStateMachine"/> on a disk.</summary>
/// <remarks>Runs in one thread, on disks in memory and simulated ones; all cases take seconds.</remarks>
public sealed class SnapshotStoreSuite : ConformanceSuite
{
    private const string EndsPromise =
        "After any end of the process or the power a whole checkpoint is there, none older than the last known, seed ";

    private readonly Func<IStateMachine, IFileSystem, ICheckpointedStateMachine> _open;

    /// <summary>Initializes a new instance of the <see cref="SnapshotStoreSuite"/> class.</summary>
    /// <param name="open">Opens the store under test on a disk, which may be empty, with a machine in its first state,
    /// and restores the machine from the newest checkpoint. The store owns the machine.</param>
    public SnapshotStoreSuite(Func<IStateMachine, IFileSystem, ICheckpointedStateMachine> open)
    {
        ArgumentNullException.ThrowIfNull(open);
        _open = open;
        Add("An empty disk gives the first state and no checkpoint", EmptyDisk);
        Add("The newest checkpoint comes back with its attachment, whatever their sizes", Newest);
        Add("A checkpoint holds exactly the entry it was captured at while applies go on", BesideApplies);
        Add("A second checkpoint waits for the first", SecondCheckpoint);
        Add("What a restart found is still there if the power goes then", FoundStays);
        for (int seed = 1; seed <= 6; seed++)
        {
            int drawn = seed;
            Add(EndsPromise + drawn, () => Ends(drawn));
        }
    }

    private static LogId Id(long index) => new(new Term(7), new LogIndex(index));

    private static void Apply(ICheckpointedStateMachine store, long index, int bytes = 10)
    {
        byte[] command = new byte[bytes];
        BinaryPrimitives.WriteInt32LittleEndian(command, (int)index);
        store.Apply(new ApplyContext(Id(index), new HybridTimestamp(index)), command, new ArrayBufferWriter<byte>());
    }

    private static void Checkpoint(ICheckpointedStateMachine store, long index, int attachmentBytes = 8)
    {
        IBackgroundWork work = store.CaptureCheckpoint(Id(index), Attachment(index, attachmentBytes));
        work.Run();
        work.Completed();
    }

    private static byte[] Attachment(long index, int bytes)
    {
        byte[] attachment = new byte[bytes];
        attachment.AsSpan().Fill((byte)index);
        return attachment;
    }

    private static void ExpectAt(ICheckpointedStateMachine store, CommandLog machine, long index, int attachmentBytes)
    {
        Expect.Equal(Id(index), store.CheckpointId);
        Expect.Bytes(Attachment(index, attachmentBytes), store.CheckpointAttachment.Span);
        Expect.Equal(index, machine.Commands.Count);
        for (int i = 0; i < machine.Commands.Count; i++)
        {
            Expect.Equal(i + 1, BinaryPrimitives.ReadInt32LittleEndian(machine.Commands[i]));
        }
    }

    private void EmptyDisk()
    {
        CommandLog machine = new();
        using ICheckpointedStateMachine store = _open(machine, new InMemoryFileSystem());
        Expect.Equal(LogId.Zero, store.CheckpointId);
        Expect.That(store.CheckpointAttachment.IsEmpty);
        Expect.Equal(0, machine.Commands.Count);
    }

    private void Newest()
    {
        InMemoryFileSystem disk = new();
        int[] sizes = [4, 70_000, 150_000, 64 << 10, 4];
        using (ICheckpointedStateMachine store = _open(new CommandLog(), disk))
        {
            for (int i = 0; i < sizes.Length; i++)
            {
                Apply(store, i + 1, sizes[i]);
                Checkpoint(store, i + 1, sizes[^(i + 1)] - 4);
                CommandLog probe = new();
                using ICheckpointedStateMachine other = _open(probe, disk.CrashClone());
                ExpectAt(other, probe, i + 1, sizes[^(i + 1)] - 4);
                Expect.Equal(sizes[i], probe.Commands[i].Length);
            }

            Apply(store, sizes.Length + 1);
        }

        CommandLog machine = new();
        using ICheckpointedStateMachine again = _open(machine, disk);
        ExpectAt(again, machine, sizes.Length, 0);
    }

    private void BesideApplies()
    {
        InMemoryFileSystem disk = new();
        using ICheckpointedStateMachine store = _open(new CommandLog(), disk);
        Apply(store, 1);
        IBackgroundWork work = store.CaptureCheckpoint(Id(1), Attachment(1, 3));
        Apply(store, 2);
        work.Run();
        Apply(store, 3);
        Expect.Equal(LogId.Zero, store.CheckpointId);
        work.Completed();
        Expect.Equal(Id(1), store.CheckpointId);
        Expect.Bytes(Attachment(1, 3), store.CheckpointAttachment.Span);
        CommandLog machine = new();
        using ICheckpointedStateMachine other = _open(machine, disk.CrashClone());
        ExpectAt(other, machine, 1, 3);
    }

    private void SecondCheckpoint()
    {
        using ICheckpointedStateMachine store = _open(new CommandLog(), new InMemoryFileSystem());
        Apply(store, 1);
        IBackgroundWork work = store.CaptureCheckpoint(Id(1), default);
        Apply(store, 2);
        Expect.Throws<InvalidOperationException>(() => store.CaptureCheckpoint(Id(2), default));
        Expect.Throws<InvalidOperationException>(work.Completed);
        work.Run();
        work.Completed();
        Expect.Throws<InvalidOperationException>(work.Completed);
        Checkpoint(store, 2);
        Expect.Equal(Id(2), store.CheckpointId);
    }

    private static bool IsStep(FileCall call) => call.Operation is FileOperation.Write or FileOperation.Sync
        or FileOperation.Rename or FileOperation.SyncDirectory;

    // The process dies at each step of a checkpoint; the next one reads a name that may not be durable yet.
    private void FoundStays()
    {
        bool isHit = true;
        for (int step = 0; isHit; step++)
        {
            InMemoryFileSystem disk = new();
            FaultyFileSystem files = new(disk);
            using ICheckpointedStateMachine store = _open(new CommandLog(), files);
            Apply(store, 1);
            Checkpoint(store, 1);
            Apply(store, 2);
            FileFault fault = files.FailOn(IsStep, step, DiskError.InputOutput);
            try
            {
                Checkpoint(store, 2);
            }
            catch (StorageFailedException)
            {
                // As if the process had ended there.
            }

            isHit = fault.Hit is not null;
            using ICheckpointedStateMachine restarted = _open(new CommandLog(), disk);
            long found = restarted.CheckpointId.Index.Value;
            CommandLog machine = new();
            using ICheckpointedStateMachine last = _open(machine, disk.CrashClone());
            Expect.InRange(last.CheckpointId.Index.Value, found, 2);
            ExpectAt(last, machine, last.CheckpointId.Index.Value, 8);
        }
    }

    // The last checkpoint of a life fails at one of its calls: of it nothing, all, or whatever a disk keeps is there.
    // The process dies, alone or with the power.
    private void Ends(int seed)
    {
        Random random = new(seed);
        SimulatedDisk disk = new((ulong)seed);
        PowerLoss loss = new(SectorLoss.Torn, NameLoss.Any);
        (long known, long begun) = (0, 0);
        for (int life = 0; life < 12; life++)
        {
            FaultyFileSystem files = new(disk);
            CommandLog machine = new();
            using ICheckpointedStateMachine store = _open(machine, files);
            Expect.InRange(store.CheckpointId.Index.Value, known, begun);
            if (store.CheckpointId != LogId.Zero)
            {
                ExpectAt(store, machine, store.CheckpointId.Index.Value, 5);
            }

            (known, begun) = Live(store, machine, files, random);
            if (random.Next(3) > 0)
            {
                disk = disk.ImageAfter(loss, (ulong)random.Next()).DurableImage();
            }
        }
    }

    private static (long Done, long Begun) Live(
        ICheckpointedStateMachine store, CommandLog machine, FaultyFileSystem files, Random random)
    {
        long done = machine.Commands.Count;
        for (int checkpoint = random.Next(4); checkpoint > 0; checkpoint--)
        {
            Apply(store, done + 1, 4 + random.Next(90_000));
            if (checkpoint == 1)
            {
                files.FailOn(IsStep, random.Next(8), DiskError.InputOutput);
            }

            IBackgroundWork work = store.CaptureCheckpoint(Id(done + 1), Attachment(done + 1, 5));
            try
            {
                work.Run();
            }
            catch (StorageFailedException)
            {
                return (done, done + 1);
            }

            work.Completed();
            done++;
        }

        return (done, done);
    }
}
