using Replication.Errors;
using Replication.Primitives;
using Replication.Raft.Primitives;
using Replication.StateMachines;
using Replication.Storage.Engine;
using Replication.Storage.Files;
using Replication.Storage.Records;
using Replication.Testing.Files;

namespace Replication.Testing.Conformance.Engine;

/// <summary>What every <see cref="IKeyValueEngine"/> promises, whatever it is made of.</summary>
/// <remarks>
/// The disk is in memory or simulated; engines are opened with a version window of 60 ms, a cache of 2,000 bytes and a
/// dead ratio of 0.3, so that little fills them. One case reads on another thread; all take seconds.
/// </remarks>
public sealed class KeyValueEngineSuite : ConformanceSuite
{
    private const int Window = 60;
    private const int KeyBytesMax = 64 << 10;
    private const int ValueBytesMax = 2 << 20;
    private readonly IKeyValueEngineFactory _factory;
    private readonly IRecordLogFactory? _records;
    private readonly int _recordBytesMax;

    /// <summary>Initializes a new instance of the <see cref="KeyValueEngineSuite"/> class.</summary>
    /// <param name="factory">Opens the engines under test. One with files of a few KiB shows more: it goes on to the
    /// next one and gives old ones up.</param>
    /// <param name="records">Opens the record logs under them; null for <see cref="SegmentRecordLogFactory"/>.</param>
    /// <param name="recordBytesMax">The largest key and value together that are tried, in bytes: at least 1 KiB. By
    /// default 2 MiB + 64 KiB, the largest that hosts write; less only for engines whose small files can't hold
    /// it.</param>
    public KeyValueEngineSuite(
        IKeyValueEngineFactory factory,
        IRecordLogFactory? records = null,
        int recordBytesMax = KeyBytesMax + ValueBytesMax)
    {
        ArgumentNullException.ThrowIfNull(factory);
        ArgumentOutOfRangeException.ThrowIfLessThan(recordBytesMax, 1024);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(recordBytesMax, KeyBytesMax + ValueBytesMax);
        _factory = factory;
        _records = records;
        _recordBytesMax = recordBytesMax;
        Add("What is applied is seen by the owner at once and by others once published", Publishing);
        Add("The last mutation of a key within an entry wins", LastMutationWins);
        Add("Keys are ordered by unsigned bytes and a key comes before those it begins", KeyOrder);
        Add("The engine copies what it keeps", Copies);
        Add("An entry that does not follow the last one is refused whole", WrongEntries);
        Add("The largest key with the largest value comes back", LargestRecord);
        Add("A read at any timestamp of the window gives exactly the entries stamped up to it", ReadsInWindow);
        Add("A window of zero reads at the last entry only", NoWindow);
        Add("A snapshot at a timestamp stays exact however far the window moves", HeldSnapshot);
        Add("A checkpoint holds exactly the entry it was captured at while applies go on", CheckpointBesideApplies);
        Add("A checkpoint may be captured at a later entry that changed nothing, not at an earlier one", LaterEntry);
        Add("A second checkpoint waits for the first", SecondCheckpoint);
        Add("Nothing is unwritten once a checkpoint holds everything", Unwritten);
        Add("A disposed snapshot can not be read", DisposedSnapshot);
        Add("Snapshots are captured and read on other threads while the owner applies", OtherThreadsAsync);
        Add("Equal calls leave equal bytes on disk", EqualBytes);
        for (int seed = 11; seed <= 16; seed++)
        {
            int drawn = seed;
            Add($"A random program with snapshots, checkpoints, compaction and restarts equals the model, seed {seed}",
                () => EqualsModel(drawn));
        }

        Add("What a restart found is still there if the power goes then", FoundStays);
        for (int seed = 1; seed <= 4; seed++)
        {
            int drawn = seed;
            Add(EndsOfLives.Promise + drawn, () => Ends(drawn));
        }
    }

    internal static KeyValueEngineOptions Options(int windowMilliseconds, long cacheBytes, double deadRatio) => new()
    {
        VersionWindow = TimeSpan.FromMilliseconds(windowMilliseconds),
        ValueCacheBytesMax = cacheBytes,
        CompactionDeadRatio = deadRatio,
    };

    private static KeyValueEngineOptions WindowOptions(int milliseconds) => Options(milliseconds, 2000, 0.3);

    private EngineRig NewRig(int seed, int windowMilliseconds = Window, InMemoryFileSystem? disk = null) =>
        new(_factory, WindowOptions(windowMilliseconds), disk ?? new InMemoryFileSystem(), seed, records: _records);

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
        rig.Engine.Publish();
        rig.AssertNow();
    }

    private void LargestRecord()
    {
        using EngineRig rig = NewRig(6);
        int keyBytes = Math.Min(KeyBytesMax, _recordBytesMax / 2);
        string key = new('k', keyBytes);
        rig.Apply(EngineRig.Put(key, new string('v', _recordBytesMax - keyBytes)), EngineRig.Put("a", "1"));
        rig.Engine.Publish();
        rig.AssertNow();
        rig.Checkpoint();
        rig.Reopen();
        rig.AssertNow();
        rig.Apply(EngineRig.Delete(key));
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
        Expect.Bytes(EngineRig.Bytes($"attached to {captured}"), rig.Engine.CheckpointAttachment.Span);
        rig.Reopen();
        Expect.Equal(captured, rig.Engine.CheckpointId);
        rig.AssertNow();
    }

    private void LaterEntry()
    {
        InMemoryFileSystem disk = new();
        ModelState state;
        using (EngineRig rig = NewRig(29, disk: disk))
        {
            rig.ApplyRandom(20);
            state = rig.Now;
            LogId before = rig.States[^2].Id;
            Expect.Throws<ArgumentException>(() => rig.Engine.CaptureCheckpoint(before, default));
            IBackgroundWork work = rig.Engine.CaptureCheckpoint(After(3), EngineRig.Bytes("x"));
            work.Run();
            work.Completed();
            Expect.Equal(After(3), rig.Engine.CheckpointId);
        }

        HybridTimestamp later = new(state.Timestamp.Value + 1);
        using (IKeyValueEngine again = Open())
        {
            Expect.Equal(After(3), again.CheckpointId);
            Expect.Bytes(EngineRig.Bytes("x"), again.CheckpointAttachment.Span);
            Expect.Throws<ArgumentException>(() => again.Apply(new ApplyContext(After(3), later), []));
            again.Apply(new ApplyContext(After(4), later), [EngineRig.Put("z", "1")]);
            using (IKeyValueSnapshot snapshot = again.CaptureSnapshot())
            {
                state.AssertScan(snapshot, string.Empty, string.Empty);
            }

            IBackgroundWork work = again.CaptureCheckpoint(After(4), default);
            work.Run();
            work.Completed();
        }

        using IKeyValueEngine last = Open();
        Expect.Equal(After(4), last.CheckpointId);
        Expect.That(last.TryGetApplied("z"u8, out KeyValueRecord record));
        Expect.Equal(After(4).Index, record.Version);
        Expect.Equal(later, record.Timestamp);

        // Beyond 32 bits, and stamped within the millisecond of the entry before.
        LogId After(long entries) => new(
            new Term(state.Id.Term.Value + (1L << 40)), new LogIndex(state.Id.Index.Value + (1L << 40) + entries));

        IKeyValueEngine Open() => _factory.Open(
            disk, _records ?? new SegmentRecordLogFactory(), EngineRig.Directory, WindowOptions(Window));
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

    private void Unwritten()
    {
        using EngineRig rig = NewRig(30);
        for (int round = 0; round < 20; round++)
        {
            rig.ApplyRandom(20);
            rig.Engine.Publish();
            rig.Checkpoint();
            Expect.Equal(0, rig.Engine.UnwrittenBytes);
        }
    }

    // Both keys are written by each entry: a state that was not published as a whole shows.
    private async Task OtherThreadsAsync()
    {
        using EngineRig rig = NewRig(28);
        rig.Apply(EngineRig.Put("a", "0"), EngineRig.Put("b", "0"));
        rig.Engine.Publish();
        IKeyValueEngine engine = rig.Engine;
        bool isOver = false;
        using ManualResetEventSlim hasTried = new();

        // A thread of its own, which has read before the owner goes on: one of the pool could be late, or be the
        // owner's.
        Task reader = Task.Factory.StartNew(
            () =>
            {
                try
                {
                    do
                    {
                        ReadPair(engine);
                        hasTried.Set();
                    }
                    while (!Volatile.Read(ref isOver));
                }
                finally
                {
                    hasTried.Set();
                }
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        hasTried.Wait();
        for (int i = 1; i <= 3000; i++)
        {
            string value = new((char)('a' + (i % 26)), 1 + (i % 100));
            rig.Apply(EngineRig.Put("a", value), EngineRig.Put("b", value));
            engine.Publish();
            if (i % 300 == 0)
            {
                rig.Checkpoint();
            }
        }

        Volatile.Write(ref isOver, true);
        await reader.ConfigureAwait(false);

        static void ReadPair(IKeyValueEngine engine)
        {
            using IKeyValueSnapshot snapshot = engine.CaptureSnapshot();
            KeyValueRecord[] pair = [.. snapshot.Scan(default, default)];
            Expect.Equal(2, pair.Length);
            Expect.Bytes(pair[0].Value.Span, pair[1].Value.Span);
            Expect.Equal(snapshot.Id.Index, pair[0].Version);
            Expect.That(snapshot.TryGet("a"u8, out KeyValueRecord again));
            Expect.Bytes(pair[0].Value.Span, again.Value.Span);
        }
    }

    // The process dies at each step of a checkpoint; the next one reads a name that may not be durable yet.
    private void FoundStays()
    {
        bool isHit = true;
        for (int step = 0; isHit; step++)
        {
            InMemoryFileSystem disk = new();
            FaultyFileSystem files = new(disk);
            using EngineRig rig = new(_factory, WindowOptions(Window), disk, 31, files, _records);
            rig.ApplyRandom(20);
            rig.Checkpoint();
            rig.ApplyRandom(20);
            FileFault fault = files.FailOn(EndsOfLives.IsStep, step, DiskError.InputOutput);
            try
            {
                rig.Checkpoint();
            }
            catch (StorageFailedException)
            {
                // As if the process had ended there.
            }

            isHit = fault.Hit is not null;
            rig.Restart(disk);
            LogId found = rig.Engine.CheckpointId;
            rig.Restart(disk.CrashClone());
            Expect.InRange(rig.Engine.CheckpointId.Index.Value, found.Index.Value, rig.Now.Id.Index.Value);
            rig.AssertNow();
        }
    }

    private void Ends(int seed)
    {
        using EngineRig rig = NewRig(seed);
        new EndsOfLives(rig, seed).Run(lives: 12);
    }

    private void EqualBytes()
    {
        string[] first = FilesAfter();
        Expect.Sequence(first, FilesAfter());
        Expect.That(first.Length > 0);

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
