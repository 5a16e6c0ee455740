using Replication.Primitives;
using Replication.Raft.Primitives;
using Replication.StateMachines;
using Replication.Storage.Engine;
using Replication.Storage.Files;
using Replication.Storage.Records;

namespace Replication.Tests.Storage.Engine;

/// <summary>What every key-value engine keeps to, whatever it is made of.</summary>
public abstract class KeyValueEngineConformance
{
    private const int Window = 60;

    /// <summary>Makes the factory of the engine under test, with a value log small enough for many segments.</summary>
    internal abstract IKeyValueEngineFactory NewFactory();

    /// <summary>Gets what the engine keeps its value log in.</summary>
    internal virtual IRecordLogFactory Records => new SegmentRecordLogFactory();

    internal EngineRig NewRig(int seed, int windowMilliseconds = Window, long cacheBytes = 2000,
        double deadRatio = 0.3, IFileSystem? files = null, InMemoryFileSystem? disk = null) =>
        new(NewFactory(), Options(windowMilliseconds, cacheBytes, deadRatio), disk ?? new InMemoryFileSystem(), seed,
            files, Records);

    internal static KeyValueEngineOptions Options(int windowMilliseconds, long cacheBytes, double deadRatio) => new()
    {
        VersionWindow = TimeSpan.FromMilliseconds(windowMilliseconds),
        ValueCacheBytesMax = cacheBytes,
        CompactionDeadRatio = deadRatio,
    };

    [Fact]
    public void What_is_applied_is_seen_by_the_owner_at_once_and_by_others_once_published()
    {
        using EngineRig rig = NewRig(1);
        rig.Apply(EngineRig.Put("a", "1"));

        Assert.True(rig.Engine.TryGetApplied("a"u8, out KeyValueRecord applied));
        Assert.Equal("a", System.Text.Encoding.ASCII.GetString(applied.Key.Span));
        using (IKeyValueSnapshot before = rig.Engine.CaptureSnapshot())
        {
            Assert.False(before.TryGet("a"u8, out _));
        }

        rig.Engine.Publish();
        rig.AssertNow();
    }

    [Fact]
    public void The_last_mutation_of_a_key_within_an_entry_wins()
    {
        using EngineRig rig = NewRig(2);
        rig.Apply(EngineRig.Put("a", "1"), EngineRig.Delete("b"), EngineRig.Put("a", "2"), EngineRig.Put("b", "3"));
        rig.Apply(EngineRig.Put("a", "4"), EngineRig.Delete("a"), EngineRig.Put("c", "5"), EngineRig.Delete("c"));
        rig.Apply(EngineRig.Put("b", string.Empty));
        rig.Engine.Publish();
        rig.AssertNow();
        Assert.False(rig.Engine.TryGetApplied("a"u8, out _));
        rig.Checkpoint();
        rig.Reopen();
        rig.AssertNow();
    }

    [Fact]
    public void Keys_are_ordered_by_unsigned_bytes_and_a_key_comes_before_those_it_begins()
    {
        using EngineRig rig = NewRig(3);
        byte[][] keys = [[0], [0, 0], [0x7f], [0x80], [0x80, 0], [0xff], [0xff, 0xff]];
        ApplyContext context = new(new LogId(new Term(1), new LogIndex(1)), new HybridTimestamp(1));
        rig.Engine.Apply(context, [.. keys.Reverse().Select(key => new KeyValueMutation(key, key, false))]);
        rig.Engine.Publish();
        using IKeyValueSnapshot snapshot = rig.Engine.CaptureSnapshot();
        Assert.Equal(keys, snapshot.Scan(default, default).Select(record => record.Key.ToArray()));
        Assert.Equal(keys[2..5], snapshot.Scan(new byte[] { 1 }, new byte[] { 0xff }).Select(record =>
            record.Key.ToArray()));
    }

    [Fact]
    public void The_engine_copies_what_it_keeps()
    {
        using EngineRig rig = NewRig(4);
        byte[] key = [1];
        byte[] value = [2];
        rig.Engine.Apply(new ApplyContext(new LogId(new Term(1), new LogIndex(1)), new HybridTimestamp(1)),
            [new KeyValueMutation(key, value, false)]);
        key[0] = 9;
        value[0] = 9;
        Assert.True(rig.Engine.TryGetApplied([1], out KeyValueRecord record));
        Assert.Equal([2], record.Value.ToArray());
    }

    [Fact]
    public void An_entry_that_does_not_follow_the_last_one_is_refused_whole()
    {
        using EngineRig rig = NewRig(5);
        rig.Apply(EngineRig.Put("a", "1"));
        ModelState now = rig.Now;
        ApplyContext again = new(now.Id, new HybridTimestamp(now.Timestamp.Value + 1));
        ApplyContext early = new(new LogId(now.Id.Term, now.Id.Index.Next()), now.Timestamp);
        ApplyContext next = new(early.Id, again.Timestamp);
        Assert.Throws<ArgumentException>(() => rig.Engine.Apply(again, [EngineRig.Put("b", "1")]));
        Assert.Throws<ArgumentException>(() => rig.Engine.Apply(early, [EngineRig.Put("b", "1")]));
        Assert.Throws<ArgumentException>(() =>
            rig.Engine.Apply(next, [EngineRig.Put("b", "1"), EngineRig.Put(string.Empty, "1")]));
        Assert.Throws<ArgumentException>(() =>
            rig.Engine.Apply(next, [EngineRig.Put("b", "1"), EngineRig.Put("c", new string('x', 1 << 20))]));
        rig.Engine.Publish();
        rig.AssertNow();
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    [InlineData(14)]
    [InlineData(15)]
    [InlineData(16)]
    public void A_random_program_with_snapshots_checkpoints_compaction_and_restarts_equals_the_model(int seed)
    {
        using EngineRig rig = NewRig(seed);
        new RandomProgram(rig, seed).Run(steps: 2500, restarts: true);
    }

    [Fact]
    public void A_read_at_any_timestamp_of_the_window_gives_exactly_the_entries_stamped_up_to_it()
    {
        using EngineRig rig = NewRig(21);
        for (int round = 0; round < 30; round++)
        {
            rig.ApplyRandom(1 + (round % 7));
            rig.Engine.Publish();
            AssertWindow(rig, Window);
        }
    }

    [Fact]
    public void A_window_of_zero_reads_at_the_last_entry_only()
    {
        using EngineRig rig = NewRig(22, windowMilliseconds: 0);
        rig.ApplyRandom(200);
        rig.Engine.Publish();
        Assert.Null(rig.Engine.CaptureSnapshotAt(rig.States[^2].Timestamp));
        using IKeyValueSnapshot? now = rig.Engine.CaptureSnapshotAt(rig.Now.Timestamp);
        rig.Now.AssertEquals(Assert.IsAssignableFrom<IKeyValueSnapshot>(now), rig.SomeKeys(20));
    }

    [Fact]
    public void A_snapshot_at_a_timestamp_stays_exact_however_far_the_window_moves()
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
        Assert.Null(rig.Engine.CaptureSnapshotAt(held.Timestamp));
    }

    [Fact]
    public void A_checkpoint_holds_exactly_the_entry_it_was_captured_at_while_applies_go_on()
    {
        using EngineRig rig = NewRig(24);
        rig.ApplyRandom(150);
        LogId captured = rig.Now.Id;
        IBackgroundWork work = rig.Engine.CaptureCheckpoint(captured, EngineRig.Bytes($"attached to {captured}"));
        rig.ApplyRandom(50);
        work.Run();
        rig.ApplyRandom(50);
        Assert.Equal(LogId.Zero, rig.Engine.CheckpointId);
        work.Completed();
        Assert.Equal(captured, rig.Engine.CheckpointId);
        rig.Reopen();
        Assert.Equal(captured, rig.Engine.CheckpointId);
        rig.AssertNow();
    }

    [Fact]
    public void A_second_checkpoint_waits_for_the_first()
    {
        using EngineRig rig = NewRig(25);
        rig.ApplyRandom(5);
        IBackgroundWork work = rig.Engine.CaptureCheckpoint(rig.Now.Id, default);
        Assert.Throws<InvalidOperationException>(() => rig.Engine.CaptureCheckpoint(rig.Now.Id, default));
        Assert.Throws<InvalidOperationException>(work.Completed);
        work.Run();
        work.Completed();
        Assert.Throws<InvalidOperationException>(work.Completed);
    }

    [Fact]
    public void A_disposed_snapshot_can_not_be_read()
    {
        using EngineRig rig = NewRig(26);
        IKeyValueSnapshot snapshot = rig.Engine.CaptureSnapshot();
        snapshot.Dispose();
        snapshot.Dispose();
        Assert.Throws<ObjectDisposedException>(() => snapshot.TryGet("a"u8, out _));
        Assert.Throws<ObjectDisposedException>(() => snapshot.Scan(default, default).Any());
    }

    [Fact]
    public void Equal_calls_leave_equal_bytes_on_disk()
    {
        Dictionary<string, string> first = FilesAfter();
        Assert.Equal(first, FilesAfter());
        Assert.True(first.Count > 3);

        Dictionary<string, string> FilesAfter()
        {
            using EngineRig rig = NewRig(27);
            new RandomProgram(rig, 27).Run(steps: 1200, restarts: false);
            return DiskContent.Of(rig.Disk);
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
                Assert.True(snapshot is not null || at < begin || at < 0, $"{at} is within the window from {begin}");
                if (snapshot is not null)
                {
                    expected.AssertEquals(snapshot, rig.SomeKeys(3));
                }
            }
        }

        Assert.Null(rig.Engine.CaptureSnapshotAt(new HybridTimestamp(rig.Now.Timestamp.Value + 1)));
    }
}
