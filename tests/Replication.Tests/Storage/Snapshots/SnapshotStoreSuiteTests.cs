using System.Buffers;
using Replication.Raft.Primitives;
using Replication.StateMachines;
using Replication.Storage.Files;
using Replication.Storage.Snapshots;
using Replication.Testing.Conformance;
using Replication.Testing.Conformance.Snapshots;

namespace Replication.Tests.Storage.Snapshots;

/// <summary>Snapshot files keep to the suite of snapshot stores, which finds stores that are wrong.</summary>
public sealed class SnapshotStoreSuiteTests
{
    private const string Ends =
        "After any end of the process or the power a whole checkpoint is there, none older than the last known, seed ";

    private static readonly SnapshotStoreSuite Suite = new(
        (machine, files) => new SnapshotFileCheckpoints(machine, files, "groups/one"));

    public static TheoryData<string> Cases => [.. Suite.Cases.Select(each => each.Name)];

    [Theory]
    [MemberData(nameof(Cases))]
    public Task Snapshot_files_keep_to(string promise) => Suite.RunAsync(promise);

    public static TheoryData<string, string> Plants => new()
    {
        { nameof(Plant.StartsUsed), "An empty disk gives the first state and no checkpoint" },
        { nameof(Plant.ForgetsAttachment),
            "The newest checkpoint comes back with its attachment, whatever their sizes" },
        { nameof(Plant.CapturesLate), "A checkpoint holds exactly the entry it was captured at while applies go on" },
        { nameof(Plant.BeginsTwice), "A second checkpoint waits for the first" },
        { nameof(Plant.KeepsNothing), "What a restart found is still there if the power goes then" },
        { nameof(Plant.KeepsNothing), Ends + "1" },
        { nameof(Plant.KeepsNothing), Ends + "2" },
        { nameof(Plant.KeepsNothing), Ends + "3" },
        { nameof(Plant.KeepsNothing), Ends + "4" },
        { nameof(Plant.KeepsNothing), Ends + "5" },
        { nameof(Plant.KeepsNothing), Ends + "6" },
    };

    [Fact]
    public void Each_promise_has_a_store_that_breaks_it() =>
        Assert.Equal(Suite.Cases.Select(each => each.Name), Plants.Select(row => (string)row[1]));

    [Theory]
    [MemberData(nameof(Plants))]
    public async Task A_store_that_breaks_a_promise_is_found(string plant, string promise)
    {
        SnapshotStoreSuite suite = new((machine, files) => new PlantedStore(Enum.Parse<Plant>(plant), machine, files));

        ConformanceException found = await Assert.ThrowsAsync<ConformanceException>(() => suite.RunAsync(promise));

        Assert.StartsWith(promise, found.Message, StringComparison.Ordinal);
    }

    private enum Plant
    {
        StartsUsed,
        ForgetsAttachment,
        CapturesLate,
        BeginsTwice,
        KeepsNothing,
    }

    private sealed class PlantedStore : ICheckpointedStateMachine
    {
        private readonly Plant _plant;
        private readonly SnapshotFileCheckpoints _inner;

        public PlantedStore(Plant plant, IStateMachine machine, IFileSystem files)
        {
            _plant = plant;
            _inner = new SnapshotFileCheckpoints(
                machine, plant == Plant.KeepsNothing ? new InMemoryFileSystem() : files, "one");
            if (plant == Plant.StartsUsed)
            {
                machine.Apply(default, [1, 0, 0, 0], new ArrayBufferWriter<byte>());
            }
        }

        public LogId CheckpointId => _inner.CheckpointId;

        public ReadOnlyMemory<byte> CheckpointAttachment =>
            _plant == Plant.ForgetsAttachment ? default : _inner.CheckpointAttachment;

        public void Apply(in ApplyContext context, ReadOnlySpan<byte> command, IBufferWriter<byte> result) =>
            _inner.Apply(context, command, result);

        public IBackgroundWork CaptureCheckpoint(LogId id, ReadOnlyMemory<byte> attachment) =>
            _plant is Plant.CapturesLate or Plant.BeginsTwice
                ? new LateWork(() => _inner.CaptureCheckpoint(id, attachment))
                : _inner.CaptureCheckpoint(id, attachment);

        public void Dispose() => _inner.Dispose();
    }

    private sealed class LateWork(Func<IBackgroundWork> capture) : IBackgroundWork
    {
        private IBackgroundWork? _work;

        public void Run()
        {
            _work = capture();
            _work.Run();
        }

        public void Completed() => _work!.Completed();
    }
}
