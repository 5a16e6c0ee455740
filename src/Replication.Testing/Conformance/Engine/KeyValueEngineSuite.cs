using Replication.Primitives;
using Replication.Raft.Primitives;
using Replication.StateMachines;
using Replication.Storage.Engine;
using Replication.Storage.Files;
using Replication.Storage.Records;

namespace Replication.Testing.Conformance.Engine;

/// <summary>What every key-value engine keeps to, whatever it is made of.</summary>
internal sealed class KeyValueEngineSuite : ConformanceSuite
{
    private const int Window = 60;
    private readonly IKeyValueEngineFactory _factory;
    private readonly IRecordLogFactory? _records;

    /// <summary>Makes the suite.</summary>
    /// <param name="factory">Opens the engine under test, with a value log small enough for many segments.</param>
    /// <param name="records">Opens the record logs under it; null for those of the deterministic writer.</param>
    public KeyValueEngineSuite(IKeyValueEngineFactory factory, IRecordLogFactory? records = null)
    {
        _factory = factory;
        _records = records;
        Add("What is applied is seen by the owner at once and by others once published", Publishing);
        Add("The last mutation of a key within an entry wins", LastMutationWins);
        Add("Keys are ordered by unsigned bytes and a key comes before those it begins", KeyOrder);
        Add("The engine copies what it keeps", Copies);
        Add("An entry that does not follow the last one is refused whole", WrongEntries);
        Add("A read at any timestamp of the window gives exactly the entries stamped up to it", ReadsInWindow);
        Add("A window of zero reads at the last entry only", NoWindow);
        Add("A snapshot at a timestamp stays exact however far the window moves", HeldSnapshot);
        Add("A checkpoint holds exactly the entry it was captured at while applies go on", CheckpointBesideApplies);
        Add("A second checkpoint waits for the first", SecondCheckpoint);
        Add("A disposed snapshot can not be read", DisposedSnapshot);
        Add("Equal calls leave equal bytes on disk", EqualBytes);
        for (int seed = 11; seed <= 16; seed++)
        {
            int drawn = seed;
            Add($"A random program with snapshots, checkpoints, compaction and restarts equals the model, seed {seed}",
                () => EqualsModel(drawn));
        }
    }

    public static KeyValueEngineOptions Options(int windowMilliseconds, long cacheBytes, double deadRatio) => new()
    {
        VersionWindow = TimeSpan.FromMilliseconds(windowMilliseconds),
        ValueCacheBytesMax = cacheBytes,
        CompactionDeadRatio = deadRatio,
    };

    private EngineRig NewRig(int seed, int windowMilliseconds = Window) =>
        new(_factory, Options(windowMilliseconds, 2000, 0.3), new InMemoryFileSystem(), seed,
            records: _records);

    private void Publishing()
    {
        using EngineRig rig = NewRig(1);
        rig.Apply(EngineRig.Put("a", "1"));

        Expect.That(rig.Engine.TryGetApplied("a"u8, out KeyValueRecord applied));
        Expect.Equal("a", System.Text.Encoding.ASCII.GetString(applied.Key.Span));
        using (IKeyValueSnapshot before = rig.Engine.CaptureSnapshot())
        {
            Expect.That(!before.TryGet("a"u8, out _));
        }

        rig.Engine.Publish();
        rig.AssertNow();
    }

    private void LastMutationWins()
    {
        using EngineRig rig = NewRig(2);
        rig.Apply(EngineRig.Put("a", "1"), EngineRig.Delete("b"), EngineRig.Put("a", "2"), EngineRig.Put("b", "3"));
        rig.Apply(EngineRig.Put("a", "4"), EngineRig.Delete("a"), EngineRig.Put("c", "5"), EngineRig.Delete("c"));
        rig.Apply(EngineRig.Put("b", string.Empty));
        rig.Engine.Publish();
        rig.AssertNow();
        Expect.That(!rig.Engine.TryGetApplied("a"u8, out _));
        rig.Checkpoint();
        rig.Reopen();
        rig.AssertNow();
    }

    private void KeyOrder()
    {
        using EngineRig rig = NewRig(3);
        byte[][] keys = [[0], [0, 0], [0x7f], [0x80], [0x80, 0], [0xff], [0xff, 0xff]];
        ApplyContext context = new(new LogId(new Term(1), new LogIndex(1)), new HybridTimestamp(1));
        rig.Engine.Apply(context, [.. keys.Reverse().Select(key => new KeyValueMutation(key, key, false))]);
        rig.Engine.Publish();
        using IKeyValueSnapshot snapshot = rig.Engine.CaptureSnapshot();
        Expect.Sequence(keys.Select(Convert.ToHexString), KeysOf(snapshot.Scan(default, default)));
        Expect.Sequence(
            keys[2..5].Select(Convert.ToHexString), KeysOf(snapshot.Scan(new byte[] { 1 }, new byte[] { 0xff })));

        static IEnumerable<string> KeysOf(IEnumerable<KeyValueRecord> records) =>
            records.Select(record => Convert.ToHexString(record.Key.Span));
    }

    private void Copies()
    {
        using EngineRig rig = NewRig(4);
        byte[] key = [1];
        byte[] value = [2];
        rig.Engine.Apply(new ApplyContext(new LogId(new Term(1), new LogIndex(1)), new HybridTimestamp(1)),
            [new KeyValueMutation(key, value, false)]);
        key[0] = 9;
        value[0] = 9;
        Expect.That(rig.Engine.TryGetApplied([1], out KeyValueRecord record));
        Expect.Bytes([2], record.Value.Span);
    }

    private void WrongEntries()
    {
        using EngineRig rig = NewRig(5);
        rig.Apply(EngineRig.Put("a", "1"));
        ModelState now = rig.Now;
        ApplyContext again = new(now.Id, new HybridTimestamp(now.Timestamp.Value + 1));
        ApplyContext early = new(new LogId(now.Id.Term, now.Id.Index.Next()), now.Timestamp);
        ApplyContext next = new(early.Id, again.Timestamp);
        Expect.Throws<ArgumentException>(() => rig.Engine.Apply(again, [EngineRig.Put("b", "1")]));
        Expect.Throws<ArgumentException>(() => rig.Engine.Apply(early, [EngineRig.Put("b", "1")]));
        Expect.Throws<ArgumentException>(() =>
            rig.Engine.Apply(next, [EngineRig.Put("b", "1"), EngineRig.Put(string.Empty, "1")]));
        Expect.Throws<ArgumentException>(() =>
            rig.Engine.Apply(next, [EngineRig.Put("b", "1"), EngineRig.Put("c", new string('x', 1 << 20))]));
        rig.Engine.Publish();
        rig.AssertNow();
    }

    private void EqualsModel(int seed)
    {
        using EngineRig rig = NewRig(seed);
        new RandomProgram(rig, seed).Run(steps: 2500, restarts: true);
    }

    private void ReadsInWindow()
    {
        using EngineRig rig = NewRig(21);
        for (int round = 0; round < 30; round++)
        {
            rig.ApplyRandom(1 + (round % 7));
            rig.Engine.Publish();
            AssertWindow(rig, Window);
        }
    }

    private void NoWindow()
    {
        using EngineRig rig = NewRig(22, windowMilliseconds: 0);
        rig.ApplyRandom(200);
        rig.Engine.Publish();
        Expect.That(rig.Engine.CaptureSnapshotAt(rig.States[^2].Timestamp) is null);
        using IKeyValueSnapshot? now = rig.Engine.CaptureSnapshotAt(rig.Now.Timestamp);
        rig.Now.AssertEquals(now!, rig.SomeKeys(20));
    }

    private void HeldSnapshot()
    {
        using EngineRig rig = NewRig(23);
        rig.ApplyRandom(100);
        rig.Engine.Publish();
        ModelState held = rig.States[^5];
        using IKeyValueSnapshot? snapshot = rig.Engine.CaptureSnapshotAt(held.Timestamp);
        for (int round = 0; round < 60; round++)
        {
            rig.ApplyRandom(20);
            rig.Engine.Publish();
            rig.Checkpoint();
        }

        held.AssertEquals(snapshot!, rig.SomeKeys(50));
        Expect.That(rig.Engine.CaptureSnapshotAt(held.Timestamp) is null);
    }

    private void CheckpointBesideApplies()
    {
        using EngineRig rig = NewRig(24);
        rig.ApplyRandom(150);
        LogId captured = rig.Now.Id;
        IBackgroundWork work = rig.Engine.CaptureCheckpoint(captured, EngineRig.Bytes($"attached to {captured}"));
        rig.ApplyRandom(50);
        work.Run();
        rig.ApplyRandom(50);
        Expect.Equal(LogId.Zero, rig.Engine.CheckpointId);
        work.Completed();
        Expect.Equal(captured, rig.Engine.CheckpointId);
        rig.Reopen();
        Expect.Equal(captured, rig.Engine.CheckpointId);
        rig.AssertNow();
    }

    private void SecondCheckpoint()
    {
        using EngineRig rig = NewRig(25);
        rig.ApplyRandom(5);
        IBackgroundWork work = rig.Engine.CaptureCheckpoint(rig.Now.Id, default);
        Expect.Throws<InvalidOperationException>(() => rig.Engine.CaptureCheckpoint(rig.Now.Id, default));
        Expect.Throws<InvalidOperationException>(work.Completed);
        work.Run();
        work.Completed();
        Expect.Throws<InvalidOperationException>(work.Completed);
    }

    private void DisposedSnapshot()
    {
        using EngineRig rig = NewRig(26);
        IKeyValueSnapshot snapshot = rig.Engine.CaptureSnapshot();
        snapshot.Dispose();
        snapshot.Dispose();
        Expect.Throws<ObjectDisposedException>(() => snapshot.TryGet("a"u8, out _));
        Expect.Throws<ObjectDisposedException>(() => _ = snapshot.Scan(default, default).Any());
    }

    private void EqualBytes()
    {
        string[] first = FilesAfter();
        Expect.Sequence(first, FilesAfter());
        Expect.That(first.Length > 3);

        string[] FilesAfter()
        {
            using EngineRig rig = NewRig(27);
            new RandomProgram(rig, 27).Run(steps: 1200, restarts: false);
            return [.. DiskContent.Of(rig.Disk).Select(file => $"{file.Key}: {file.Value}")];
        }
    }

    private static void AssertWindow(EngineRig rig, int windowMilliseconds)
    {
        long begin = rig.Now.Timestamp.Value - HybridTimestamp.FromUnixMilliseconds(windowMilliseconds).Value;
        foreach (ModelState state in rig.States)
        {
            ModelState next = rig.States[Math.Min(rig.States.IndexOf(state) + 1, rig.States.Count - 1)];
            foreach (long at in new[] { state.Timestamp.Value, next.Timestamp.Value - 1 })
            {
                ModelState expected = rig.States.Last(candidate =>
                    candidate.Timestamp.Value <= at || candidate == rig.States[0]);
                using IKeyValueSnapshot? snapshot = rig.Engine.CaptureSnapshotAt(new HybridTimestamp(at));
                Expect.That(snapshot is not null || at < begin || at < 0, $"{at} is within the window from {begin}");
                if (snapshot is not null)
                {
                    expected.AssertEquals(snapshot, rig.SomeKeys(3));
                }
            }
        }

        Expect.That(rig.Engine.CaptureSnapshotAt(new HybridTimestamp(rig.Now.Timestamp.Value + 1)) is null);
    }
}
