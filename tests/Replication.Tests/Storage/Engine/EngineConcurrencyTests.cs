using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Replication.Primitives;
using Replication.Raft.Primitives;
using Replication.StateMachines;
using Replication.Storage.Engine;
using Replication.Storage.Files;
using Replication.Storage.Records;
using Replication.Testing.Conformance.Engine;

namespace Replication.Tests.Storage.Engine;

/// <summary>Readers on threads of their own against an applier and a checkpoint worker: production's threads, bounded
/// by entries, not by time.</summary>
public sealed class EngineConcurrencyTests
{
    private const int Entries = 12_000;
    private const int Keys = 64;

    // Entry i sets key i % 64 to i, and each 5th entry deletes the key instead: so the state at any index is known
    // without a model.
    private static bool TryExpect(int key, long index, out long value)
    {
        value = index - ((index - key) % Keys + Keys) % Keys;
        return value > 0 && value % 5 != 0;
    }

    [Fact]
    public void Every_snapshot_read_beside_applies_checkpoints_eviction_and_compaction_equals_the_state_at_its_index()
    {
        InMemoryFileSystem disk = new();
        using IKeyValueEngine engine = CopyOnWriteEngineTests.SmallSegments().Open(
            disk, new SegmentRecordLogFactory(), EngineRig.Directory, KeyValueEngineSuite.Options(20, 500, 0.3));
        ConcurrentQueue<Exception> failures = [];
        long published = 0;
        long checks = 0;
        bool stop = false;
        Thread[] readers = [.. Enumerable.Range(0, 3).Select(number => new Thread(() => Guard(() =>
        {
            Random random = new(number);
            while (!Volatile.Read(ref stop))
            {
                Interlocked.Add(ref checks, CheckOne(engine, random, Volatile.Read(ref published)));
            }
        })))];
        foreach (Thread reader in readers)
        {
            reader.Start();
        }

        Guard(() => Apply(engine, index => Volatile.Write(ref published, index)));
        Volatile.Write(ref stop, true);
        foreach (Thread reader in readers)
        {
            Assert.True(reader.Join(TimeSpan.FromSeconds(60)));
        }

        Assert.Empty(failures);
        Assert.True(checks > 100, $"{checks} snapshots checked");
        Assert.True(((CopyOnWriteEngine)engine).ValueLogBegin > 1 << 14, "the log was compacted and truncated");

        void Guard(Action action)
        {
            try
            {
                action();
            }
            catch (Exception failure)
            {
                failures.Enqueue(failure);
                Volatile.Write(ref stop, true);
            }
        }
    }

    private static void Apply(IKeyValueEngine engine, Action<long> published)
    {
        IBackgroundWork? work = null;
        Task? running = null;
        for (long index = 1; index <= Entries; index++)
        {
            byte[] value = Encoding.ASCII.GetBytes($"{index} {new string('v', (int)(index % 90))}");
            engine.Apply(ContextOf(index), [new KeyValueMutation(KeyOf((int)(index % Keys)), value, index % 5 == 0)]);
            if (index % 7 == 0)
            {
                engine.Publish();
                published(index);
            }

            if (running is { IsCompleted: true })
            {
                running.GetAwaiter().GetResult();
                work!.Completed();
                running = null;
            }

            if (running is null && index % 50 == 0)
            {
                work = engine.CaptureCheckpoint(ContextOf(index).Id, default);
                running = Task.Run(work.Run);
            }

            if (index % 400 == 0)
            {
                running?.Wait(TimeSpan.FromSeconds(60));
            }
        }

        running?.Wait(TimeSpan.FromSeconds(60));
    }

    private static int CheckOne(IKeyValueEngine engine, Random random, long publishedBefore)
    {
        using IKeyValueSnapshot? snapshot = random.Next(2) == 0
            ? engine.CaptureSnapshot()
            : engine.CaptureSnapshotAt(ContextOf(Math.Max(0, publishedBefore - random.Next(25))).Timestamp);
        if (snapshot is null)
        {
            return 0;
        }

        for (int round = 0; round < 3; round++)
        {
            int key = random.Next(Keys);
            bool expected = TryExpect(key, snapshot.Id.Index.Value, out long value);
            Assert.Equal(expected, snapshot.TryGet(KeyOf(key), out KeyValueRecord record));
            if (expected)
            {
                AssertIs(value, record);
            }
        }

        int found = 0;
        foreach (KeyValueRecord record in snapshot.Scan(default, default))
        {
            int key = int.Parse(Encoding.ASCII.GetString(record.Key.Span[1..]), CultureInfo.InvariantCulture);
            Assert.True(TryExpect(key, snapshot.Id.Index.Value, out long value));
            AssertIs(value, record);
            found++;
        }

        Assert.Equal(Enumerable.Range(0, Keys).Count(key => TryExpect(key, snapshot.Id.Index.Value, out _)), found);
        return 1;
    }

    private static void AssertIs(long index, KeyValueRecord record)
    {
        Assert.Equal(index, record.Version.Value);
        Assert.Equal($"{index} {new string('v', (int)(index % 90))}", Encoding.ASCII.GetString(record.Value.Span));
    }

    private static byte[] KeyOf(int key) => Encoding.ASCII.GetBytes($"k{key:D2}");

    private static ApplyContext ContextOf(long index) =>
        new(new LogId(new Term(index == 0 ? 0 : 1), new LogIndex(index)), HybridTimestamp.FromUnixMilliseconds(index));
}
