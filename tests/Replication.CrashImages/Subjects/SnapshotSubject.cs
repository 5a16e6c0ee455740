using System.Buffers;
using System.Globalization;
using Replication.Primitives;
using Replication.Raft.Primitives;
using Replication.StateMachines;
using Replication.Storage.Snapshots;
using Replication.Testing.Disks;

namespace Replication.CrashImages.Subjects;

/// <summary>Snapshot files of a user's state machine: apply (a), checkpoint (C).</summary>
internal sealed class SnapshotSubject : ISubject
{
    public string Name => "snapshots";

    public string Operations => "aC";

    // Nothing; a snapshot; two of them, one after the other.
    public IReadOnlyList<string> Starts => ["", "aC", "aCaaC"];

    public string Sequel => "aC";

    public IOpenSubject Open(SimulatedDisk disk) => new OpenSnapshots(disk);

    private sealed class OpenSnapshots : IOpenSubject
    {
        private readonly SnapshotFileCheckpoints _checkpoints;
        private readonly List<string> _states = [];
        private long _applied;
        private int _acknowledged;

        public OpenSnapshots(SimulatedDisk disk)
        {
            var machine = new Adder();
            _checkpoints = new SnapshotFileCheckpoints(machine, disk, "groups/1/snapshots");
            _applied = _checkpoints.CheckpointId.Index.Value;
            Content = [Describe(_applied, machine.Sum)];
            _states.Add(Content[0]);
        }

        public IReadOnlyList<string> Content { get; }

        public Expectation Expectation => new StateExpectation([.. _states], _acknowledged);

        public void Do(char operation)
        {
            if (operation == 'a')
            {
                _applied++;
                _checkpoints.Apply(
                    new ApplyContext(IdOf(_applied), new HybridTimestamp(_applied)), default,
                    new ArrayBufferWriter<byte>());
                return;
            }

            _states.Add(Describe(_applied, Adder.SumAfter(_applied)));
            IBackgroundWork work = _checkpoints.CaptureCheckpoint(IdOf(_applied), new byte[5]);
            work.Run();
            work.Completed();
            _acknowledged = _states.Count - 1;
        }

        public void Dispose() => _checkpoints.Dispose();

        private static LogId IdOf(long index) => new(new Term(1), new LogIndex(index));

        private static string Describe(long index, long sum) =>
            string.Create(CultureInfo.InvariantCulture, $"{index}={sum}");
    }

    /// <summary>Adds up the indexes of its entries; its snapshot takes several sectors.</summary>
    private sealed class Adder : IStateMachine
    {
        private const int SnapshotBytes = 1200;

        public long Sum { get; private set; }

        public static long SumAfter(long index) => index * (index + 1) / 2;

        public void Apply(in ApplyContext context, ReadOnlySpan<byte> command, IBufferWriter<byte> result) =>
            Sum += context.Id.Index.Value;

        public IStateMachineSnapshot CaptureSnapshot() => new Snapshot(Sum);

        public void RestoreSnapshot(Stream source)
        {
            byte[] bytes = new byte[SnapshotBytes];
            source.ReadExactly(bytes);
            Sum = BitConverter.ToInt64(bytes);
        }

        private sealed class Snapshot(long sum) : IStateMachineSnapshot
        {
            public void WriteTo(Stream destination)
            {
                byte[] bytes = new byte[SnapshotBytes];
                bytes.AsSpan().Fill((byte)(sum + 1));
                BitConverter.TryWriteBytes(bytes, sum);
                destination.Write(bytes);
            }

            public void Dispose()
            {
            }
        }
    }
}
