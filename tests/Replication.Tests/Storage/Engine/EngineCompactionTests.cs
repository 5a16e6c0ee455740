using Replication.Storage.Engine;
using Replication.Storage.Files;
using Replication.Testing.Conformance.Engine;

namespace Replication.Tests.Storage.Engine;

public sealed class EngineCompactionTests
{
    [Fact]
    public void Overwriting_the_same_keys_for_ever_needs_bounded_disk_and_memory()
    {
        InMemoryFileSystem disk = new();
        using EngineRig rig = NewRig(disk, 51);
        long mostDisk = 0;
        for (int round = 0; round < 150; round++)
        {
            rig.ApplyRandom(40);
            rig.Engine.Publish();
            rig.Checkpoint();
            rig.Engine.Publish();
            if (round > 20)
            {
                mostDisk = Math.Max(mostDisk, disk.CapacityBytes - disk.GetFreeBytes());
                ValueLedger(rig, out long cached, out long total, out long live);
                Assert.True(cached <= 2000, $"{cached} bytes in the cache");
                Assert.True(total < 60_000, $"{total} bytes of records, {live} of them live");
            }
        }

        Assert.True(mostDisk < 250_000, $"{mostDisk} bytes on disk");
        rig.AssertNow();
        rig.Reopen();
        rig.AssertNow();
    }

    [Fact]
    public void An_open_snapshot_reads_everything_while_the_log_is_compacted_and_holds_back_only_the_truncation()
    {
        InMemoryFileSystem disk = new();
        using EngineRig rig = NewRig(disk, 52);
        rig.ApplyRandom(200);
        rig.Engine.Publish();
        rig.Checkpoint();
        rig.Engine.Publish();
        ModelState held = rig.Now;
        long begin = Begin(rig);
        using (IKeyValueSnapshot snapshot = rig.Engine.CaptureSnapshot())
        using (IKeyValueSnapshot? atAnEarlierMoment = rig.Engine.CaptureSnapshotAt(rig.States[^4].Timestamp))
        {
            Churn(rig, 80);
            Assert.True(Begin(rig) <= begin + (1 << 15), "the log was not truncated past what the snapshot needs");
            held.AssertEquals(snapshot, rig.SomeKeys(60));
            rig.States.Single(state =>
                state.Id == atAnEarlierMoment!.Id).AssertEquals(atAnEarlierMoment!, rig.SomeKeys(60));
        }

        long heldBack = Begin(rig);
        Churn(rig, 10);
        Assert.True(Begin(rig) > heldBack + (1 << 14),
            $"{Begin(rig)} after {heldBack}: the log is truncated once the snapshots are gone");
        rig.AssertNow();
    }

    [Fact]
    public void Keys_that_are_written_and_deleted_leave_nothing_behind()
    {
        InMemoryFileSystem disk = new();
        using EngineRig rig = NewRig(disk, 53);
        rig.Apply(EngineRig.Put("stays", "1"));
        for (int round = 0; round < 40; round++)
        {
            for (int i = 0; i < 30; i++)
            {
                rig.Apply(EngineRig.Put($"{round}/{i}", "value"));
                rig.Apply(EngineRig.Delete($"{round}/{i}"));
            }

            rig.Engine.Publish();
            rig.Checkpoint();
            rig.Engine.Publish();
        }

        rig.Reopen();
        rig.AssertNow();
        Assert.Single(rig.Now.Keys);
        CopyOnWriteEngine engine = (CopyOnWriteEngine)rig.Engine;
        Assert.Equal(1, engine.Keys);
        Assert.True(engine.Ledger.TotalBytes < 40_000, $"{engine.Ledger.TotalBytes} bytes of records");
    }

    [Fact]
    public void Versions_out_of_the_window_are_dropped_a_few_with_each_apply()
    {
        InMemoryFileSystem disk = new();
        using EngineRig rig = NewRig(disk, 54);
        for (int i = 0; i < 2000; i++)
        {
            rig.Apply(EngineRig.Put("hot", $"{i}"));
            rig.Engine.Publish();
        }

        // 30 ms of log time are about ten entries; whatever else was written never needs to reach the disk.
        Assert.True(rig.Engine.UnwrittenBytes < 400, $"{rig.Engine.UnwrittenBytes} bytes wait");
    }

    [Fact]
    public void A_value_stays_in_memory_until_it_is_durable_whatever_the_cache_holds()
    {
        InMemoryFileSystem disk = new();
        using EngineRig rig = new(
            CopyOnWriteEngineTests.SmallSegments(), KeyValueEngineSuite.Options(30, 0, 0.3), disk, 55);
        rig.ApplyRandom(100);
        rig.Engine.Publish();
        using IKeyValueSnapshot before = rig.Engine.CaptureSnapshot();
        ModelState state = rig.Now;
        var work = rig.Engine.CaptureCheckpoint(rig.Now.Id, default);
        state.AssertEquals(before, rig.SomeKeys(20));
        work.Run();
        state.AssertEquals(before, rig.SomeKeys(20));
        Assert.True(rig.Engine.UnwrittenBytes > 0);
        work.Completed();
        Assert.Equal(0, rig.Engine.UnwrittenBytes);
        ValueLedger(rig, out long cached, out _, out _);
        Assert.Equal(0, cached);
        state.AssertEquals(before, rig.SomeKeys(20));
    }

    private static EngineRig NewRig(InMemoryFileSystem disk, int seed) =>
        new(CopyOnWriteEngineTests.SmallSegments(), KeyValueEngineSuite.Options(30, 2000, 0.3), disk, seed);

    private static void Churn(EngineRig rig, int rounds)
    {
        for (int round = 0; round < rounds; round++)
        {
            rig.ApplyRandom(40);
            rig.Engine.Publish();
            rig.Checkpoint();
            rig.Engine.Publish();
        }
    }

    private static long Begin(EngineRig rig) => ((CopyOnWriteEngine)rig.Engine).ValueLogBegin;

    private static void ValueLedger(EngineRig rig, out long cached, out long total, out long live)
    {
        var ledger = ((CopyOnWriteEngine)rig.Engine).Ledger;
        cached = ledger.CachedBytes;
        total = ledger.TotalBytes;
        live = ledger.LiveBytes;
    }
}
