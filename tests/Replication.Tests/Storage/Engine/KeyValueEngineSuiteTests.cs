using Replication.Primitives;
using Replication.Raft.Primitives;
using Replication.StateMachines;
using Replication.Storage.Engine;
using Replication.Storage.Files;
using Replication.Storage.Records;
using Replication.Testing.Conformance;
using Replication.Testing.Conformance.Engine;

namespace Replication.Tests.Storage.Engine;

/// <summary>The suite of key-value engines finds engines that are wrong.</summary>
public sealed class KeyValueEngineSuiteTests
{
    private const string ModelCase =
        "A random program with snapshots, checkpoints, compaction and restarts equals the model, seed ";

    private const string Ends =
        "After any end of the process or the power a whole checkpoint is there, none older than the last known, seed ";

    public static TheoryData<string, string> Plants => new()
    {
        { nameof(Plant.PublishesAtOnce), "What is applied is seen by the owner at once and by others once published" },
        { nameof(Plant.FirstMutationWins), "The last mutation of a key within an entry wins" },
        { nameof(Plant.DropsLargeKeys), "Keys are ordered by unsigned bytes and a key comes before those it begins" },
        { nameof(Plant.KeepsCallersBytes), "The engine copies what it keeps" },
        { nameof(Plant.AcceptsAnything), "An entry that does not follow the last one is refused whole" },
        { nameof(Plant.CutsLargeValues), "The largest key with the largest value comes back" },
        { nameof(Plant.ReadsTheNewest),
            "A read at any timestamp of the window gives exactly the entries stamped up to it" },
        { nameof(Plant.AlwaysHasAWindow), "A window of zero reads at the last entry only" },
        { nameof(Plant.MovesSnapshots), "A snapshot at a timestamp stays exact however far the window moves" },
        { nameof(Plant.NeverChecksOut),
            "A checkpoint holds exactly the entry it was captured at while applies go on" },
        { nameof(Plant.NamesTheLastApplied),
            "A checkpoint may be captured at a later entry that changed nothing, not at an earlier one" },
        { nameof(Plant.BeginsTwice), "A second checkpoint waits for the first" },
        { nameof(Plant.CountsForever), "Nothing is unwritten once a checkpoint holds everything" },
        { nameof(Plant.MovesSnapshots), "A disposed snapshot can not be read" },
        { nameof(Plant.KnowsOneThread), "Snapshots are captured and read on other threads while the owner applies" },
        { nameof(Plant.AttachesACount), "Equal calls leave equal bytes on disk" },
        { nameof(Plant.FirstMutationWins), ModelCase + "11" },
        { nameof(Plant.FirstMutationWins), ModelCase + "12" },
        { nameof(Plant.FirstMutationWins), ModelCase + "13" },
        { nameof(Plant.FirstMutationWins), ModelCase + "14" },
        { nameof(Plant.FirstMutationWins), ModelCase + "15" },
        { nameof(Plant.FirstMutationWins), ModelCase + "16" },
        { nameof(Plant.LosesTheThird), "What a restart found is still there if the power goes then" },
        { nameof(Plant.KeepsNothing), Ends + "1" },
        { nameof(Plant.KeepsNothing), Ends + "2" },
        { nameof(Plant.KeepsNothing), Ends + "3" },
        { nameof(Plant.KeepsNothing), Ends + "4" },
    };

    [Theory]
    [MemberData(nameof(Plants))]
    public async Task An_engine_that_breaks_a_promise_is_found(string plant, string promise)
    {
        KeyValueEngineSuite suite = new(
            new PlantedFactory(Enum.Parse<Plant>(plant)), recordBytesMax: CopyOnWriteEngineTests.SmallRecordBytes);

        ConformanceException found = await Assert.ThrowsAsync<ConformanceException>(() => suite.RunAsync(promise));

        Assert.StartsWith(promise, found.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Each_promise_has_an_engine_that_breaks_it() =>
        Assert.Equal(
            CopyOnWriteEngineTests.Suite.Cases.Select(each => each.Name),
            Plants.Select(row => (string)row[1]));

    private enum Plant
    {
        PublishesAtOnce,
        FirstMutationWins,
        DropsLargeKeys,
        AcceptsAnything,
        ReadsTheNewest,
        NeverChecksOut,
        KeepsCallersBytes,
        AlwaysHasAWindow,
        MovesSnapshots,
        BeginsTwice,
        AttachesACount,
        CutsLargeValues,
        NamesTheLastApplied,
        CountsForever,
        KnowsOneThread,
        KeepsNothing,
        LosesTheThird,
    }

    private sealed class PlantedFactory(Plant plant) : IKeyValueEngineFactory
    {
        private byte _checkpoints;
        private int _openings;

        public IKeyValueEngine Open(
            IFileSystem files, IRecordLogFactory records, string directory, KeyValueEngineOptions options)
        {
            if (plant == Plant.AlwaysHasAWindow)
            {
                options.VersionWindow = TimeSpan.FromSeconds(5);
            }

            bool isLost = plant == Plant.KeepsNothing || (plant == Plant.LosesTheThird && ++_openings % 3 == 0);
            IFileSystem disk = isLost ? new InMemoryFileSystem() : files;
            return new PlantedEngine(
                plant, CopyOnWriteEngineTests.SmallSegments().Open(disk, records, directory, options), this);
        }

        public byte Count() => ++_checkpoints;
    }

    private sealed class PlantedEngine(Plant plant, IKeyValueEngine inner, PlantedFactory factory)
        : IKeyValueEngine
    {
        private readonly int _thread = Environment.CurrentManagedThreadId;
        private ReadOnlyMemory<byte> _lastValue;
        private LogId _lastApplied;

        public LogId CheckpointId => plant == Plant.NeverChecksOut ? LogId.Zero : inner.CheckpointId;

        public ReadOnlyMemory<byte> CheckpointAttachment => inner.CheckpointAttachment;

        public long UnwrittenBytes => plant == Plant.CountsForever ? 1 : inner.UnwrittenBytes;

        public void Apply(in ApplyContext context, ReadOnlySpan<KeyValueMutation> mutations)
        {
            KeyValueMutation[] applied = mutations.ToArray();
            _lastValue = applied.Length == 0 ? default : applied[^1].Value;
            switch (plant)
            {
                case Plant.FirstMutationWins:
                    Array.Reverse(applied);
                    break;
                case Plant.DropsLargeKeys:
                    applied = [.. applied.Where(mutation => mutation.Key.Span[0] < 0x80)];
                    break;
                case Plant.CutsLargeValues:
                    applied = [.. applied.Select(mutation =>
                        mutation with { Value = mutation.Value[..Math.Min(1000, mutation.Value.Length)] })];
                    break;
                default:
                    break;
            }

            try
            {
                inner.Apply(context, applied);
                _lastApplied = context.Id;
            }
            catch (ArgumentException) when (plant == Plant.AcceptsAnything)
            {
                // As if it had been applied.
            }

            if (plant == Plant.PublishesAtOnce)
            {
                inner.Publish();
            }
        }

        public bool TryGetApplied(ReadOnlySpan<byte> key, out KeyValueRecord record)
        {
            bool found = inner.TryGetApplied(key, out record);
            record = plant == Plant.KeepsCallersBytes ? record with { Value = _lastValue } : record;
            return found;
        }

        public void Publish() => inner.Publish();

        public IKeyValueSnapshot CaptureSnapshot() => plant switch
        {
            Plant.MovesSnapshots => new MovingSnapshot(inner),
            Plant.KnowsOneThread when Environment.CurrentManagedThreadId != _thread =>
                throw new InvalidOperationException("planted"),
            _ => inner.CaptureSnapshot(),
        };

        public IKeyValueSnapshot? CaptureSnapshotAt(HybridTimestamp timestamp) =>
            plant is Plant.ReadsTheNewest or Plant.MovesSnapshots
                ? CaptureSnapshot() : inner.CaptureSnapshotAt(timestamp);

        public IBackgroundWork CaptureCheckpoint(LogId id, ReadOnlyMemory<byte> attachment)
        {
            try
            {
                return inner.CaptureCheckpoint(
                    plant == Plant.NamesTheLastApplied ? _lastApplied : id,
                    plant == Plant.AttachesACount ? new[] { factory.Count() } : attachment);
            }
            catch (InvalidOperationException) when (plant == Plant.BeginsTwice)
            {
                return new NoWork();
            }
        }

        public void Dispose() => inner.Dispose();
    }

    /// <summary>Shows what the engine holds now, also after its end.</summary>
    private sealed class MovingSnapshot(IKeyValueEngine engine) : IKeyValueSnapshot
    {
        public LogId Id => Now(snapshot => snapshot.Id);

        public HybridTimestamp Timestamp => Now(snapshot => snapshot.Timestamp);

        public bool TryGet(ReadOnlySpan<byte> key, out KeyValueRecord record)
        {
            using IKeyValueSnapshot snapshot = engine.CaptureSnapshot();
            return snapshot.TryGet(key, out record);
        }

        public IEnumerable<KeyValueRecord> Scan(ReadOnlyMemory<byte> from, ReadOnlyMemory<byte> before) =>
            Now(snapshot => snapshot.Scan(from, before).ToList());

        public void Dispose()
        {
        }

        private T Now<T>(Func<IKeyValueSnapshot, T> read)
        {
            using IKeyValueSnapshot snapshot = engine.CaptureSnapshot();
            return read(snapshot);
        }
    }

    private sealed class NoWork : IBackgroundWork
    {
        public void Run()
        {
        }

        public void Completed()
        {
        }
    }
}
