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
    [Theory]
    [InlineData(nameof(Plant.PublishesAtOnce),
        "What is applied is seen by the owner at once and by others once published")]
    [InlineData(nameof(Plant.FirstMutationWins), "The last mutation of a key within an entry wins")]
    [InlineData(nameof(Plant.DropsLargeKeys),
        "Keys are ordered by unsigned bytes and a key comes before those it begins")]
    [InlineData(nameof(Plant.AcceptsAnything), "An entry that does not follow the last one is refused whole")]
    [InlineData(nameof(Plant.ReadsTheNewest),
        "A read at any timestamp of the window gives exactly the entries stamped up to it")]
    [InlineData(nameof(Plant.NeverChecksOut),
        "A checkpoint holds exactly the entry it was captured at while applies go on")]
    [InlineData(nameof(Plant.FirstMutationWins),
        "A random program with snapshots, checkpoints, compaction and restarts equals the model, seed 11")]
    public async Task An_engine_that_breaks_a_promise_is_found(string plant, string promise)
    {
        KeyValueEngineSuite suite = new(new PlantedFactory(Enum.Parse<Plant>(plant)));

        ConformanceException found = await Assert.ThrowsAsync<ConformanceException>(() => suite.RunAsync(promise));

        Assert.StartsWith(promise, found.Message, StringComparison.Ordinal);
    }

    private enum Plant
    {
        PublishesAtOnce,
        FirstMutationWins,
        DropsLargeKeys,
        AcceptsAnything,
        ReadsTheNewest,
        NeverChecksOut,
    }

    private sealed class PlantedFactory(Plant plant) : IKeyValueEngineFactory
    {
        public IKeyValueEngine Open(
            IFileSystem files, IRecordLogFactory records, string directory, KeyValueEngineOptions options) =>
            new PlantedEngine(plant, CopyOnWriteEngineTests.SmallSegments().Open(files, records, directory, options));
    }

    private sealed class PlantedEngine(Plant plant, IKeyValueEngine inner) : IKeyValueEngine
    {
        public LogId CheckpointId => plant == Plant.NeverChecksOut ? LogId.Zero : inner.CheckpointId;

        public ReadOnlyMemory<byte> CheckpointAttachment => inner.CheckpointAttachment;

        public long UnwrittenBytes => inner.UnwrittenBytes;

        public void Apply(in ApplyContext context, ReadOnlySpan<KeyValueMutation> mutations)
        {
            KeyValueMutation[] applied = mutations.ToArray();
            switch (plant)
            {
                case Plant.FirstMutationWins:
                    Array.Reverse(applied);
                    break;
                case Plant.DropsLargeKeys:
                    applied = [.. applied.Where(mutation => mutation.Key.Span[0] < 0x80)];
                    break;
                default:
                    break;
            }

            try
            {
                inner.Apply(context, applied);
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

        public bool TryGetApplied(ReadOnlySpan<byte> key, out KeyValueRecord record) =>
            inner.TryGetApplied(key, out record);

        public void Publish() => inner.Publish();

        public IKeyValueSnapshot CaptureSnapshot() => inner.CaptureSnapshot();

        public IKeyValueSnapshot? CaptureSnapshotAt(HybridTimestamp timestamp) =>
            plant == Plant.ReadsTheNewest ? inner.CaptureSnapshot() : inner.CaptureSnapshotAt(timestamp);

        public IBackgroundWork CaptureCheckpoint(LogId id, ReadOnlyMemory<byte> attachment) =>
            inner.CaptureCheckpoint(id, attachment);

        public void Dispose() => inner.Dispose();
    }
}
