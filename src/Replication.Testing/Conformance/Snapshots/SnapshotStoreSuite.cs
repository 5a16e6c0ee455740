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

/// <summary>What every store of snapshots keeps to that puts a user's state machine on a disk.</summary>
internal sealed class SnapshotStoreSuite : ConformanceSuite
{
    private readonly Func<IStateMachine, IFileSystem, ICheckpointedStateMachine> _open;

    /// <summary>Makes the suite.</summary>
    /// <param name="open">Opens the store under test on a disk and restores the machine from it.</param>
    public SnapshotStoreSuite(Func<IStateMachine, IFileSystem, ICheckpointedStateMachine> open)
    {
        _open = open;
        Add("An empty disk gives the first state and no checkpoint", EmptyDisk);
        Add("The newest checkpoint comes back with its attachment, whatever their sizes", Newest);
        Add("A checkpoint holds exactly the entry it was captured at while applies go on", BesideApplies);
        Add("A second checkpoint waits for the first", SecondCheckpoint);
        for (int seed = 1; seed <= 6; seed++)
        {
            int drawn = seed;
            Add($"After any power loss there is a whole checkpoint, none older than the last one done, seed {seed}",
                () => PowerLosses(drawn));
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
        work.Run();
        work.Completed();
        Checkpoint(store, 2);
        Expect.Equal(Id(2), store.CheckpointId);
    }

    // The last checkpoint of a life fails at one of its calls: of it nothing, all, or whatever a disk keeps is there.
    private void PowerLosses(int seed)
    {
        Random random = new(seed);
        SimulatedDisk disk = new((ulong)seed);
        PowerLoss loss = new(SectorLoss.Torn, NameLoss.Any);
        for (int life = 0; life < 12; life++)
        {
            (long done, long begun) = Live(disk, random);
            SimulatedDisk after = disk.ImageAfter(loss, (ulong)random.Next());
            CommandLog machine = new();
            using (ICheckpointedStateMachine found = _open(machine, after))
            {
                Expect.InRange(found.CheckpointId.Index.Value, done, begun);
                if (found.CheckpointId != LogId.Zero)
                {
                    ExpectAt(found, machine, found.CheckpointId.Index.Value, 5);
                }
            }

            disk = after.DurableImage();
        }
    }

    private (long Done, long Begun) Live(SimulatedDisk disk, Random random)
    {
        FaultyFileSystem files = new(disk);
        CommandLog machine = new();
        using ICheckpointedStateMachine store = _open(machine, files);
        long done = machine.Commands.Count;
        for (int checkpoint = random.Next(4); checkpoint >= 0; checkpoint--)
        {
            Apply(store, done + 1, 4 + random.Next(90_000));
            if (checkpoint == 0)
            {
                files.FailOn(call => call.Operation is FileOperation.Write or FileOperation.Sync
                    or FileOperation.Rename or FileOperation.SyncDirectory, random.Next(8), DiskError.InputOutput);
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
