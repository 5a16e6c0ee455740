using Replication.Errors;
using Replication.Primitives;
using Replication.Raft.Primitives;
using Replication.Storage.Files;
using Replication.Storage.Records;
using Replication.Storage.Wal;

namespace Replication.Tests.Storage.Wal;

public class WriteAheadLogTests
{
    private static readonly GroupId A = new(1);
    private static readonly GroupId B = new(2);
    private readonly InMemoryFileSystem _disk = new();

    [Fact]
    public void What_was_flushed_is_there_after_a_power_loss_and_the_rest_is_not()
    {
        using WriteAheadLog log = Open(_disk);
        Flush(log, batch =>
        {
            batch.SetHardState(A, new HardState(new Term(3), new NodeId(2)));
            batch.Append(A, Entry(3, 1, "one"));
            batch.Append(B, Entry(1, 1, "other"));
        });
        var late = new WalBatch();
        late.Append(A, Entry(3, 2, "two"));
        log.Append(late);
        Assert.True(log.NeedsFlush);

        using WriteAheadLog recovered = Open(_disk.CrashClone());

        Assert.Equal(new HardState(new Term(3), new NodeId(2)), recovered.Recovered[A].HardState);
        RecoveredEntry entry = Assert.Single(recovered.Recovered[A].Entries);
        Assert.Equal(Entry(3, 1, "one").Id, entry.Id);
        Assert.Equal(3, entry.PayloadBytes);
        LogEntry read = recovered.Read(entry.Location);
        Assert.Equal("one"u8.ToArray(), read.Payload.ToArray());
        Assert.Equal(Entry(3, 1, "one").Timestamp, read.Timestamp);
        Assert.Single(recovered.Recovered[B].Entries);
    }

    [Fact]
    public void A_batch_completes_only_within_the_flush_and_knows_where_its_records_are()
    {
        using WriteAheadLog log = Open(_disk);
        var completed = new List<Exception?>();
        var batch = new WalBatch { Completed = (_, error) => completed.Add(error) };
        batch.SetHardState(A, new HardState(new Term(1), new NodeId(1)));
        batch.Append(A, Entry(1, 1, "value"));
        log.Append(batch);
        Assert.Empty(completed);

        log.Flush();

        Assert.Null(Assert.Single(completed));
        Assert.False(log.NeedsFlush);
        Assert.Equal(2, batch.Locations.Count);
        Assert.Equal("value"u8.ToArray(), log.Read(batch.Locations[1]).Payload.ToArray());
    }

    [Fact]
    public void Indexes_beyond_32_bits_and_the_last_term_of_all_come_back()
    {
        using WriteAheadLog log = Open(_disk);
        HardState last = new(new Term(long.MaxValue), new NodeId(2));
        LogId @base = new(new Term(9), new LogIndex(1L << 40));
        Flush(log, batch =>
        {
            batch.Compact(A, @base, 0);
            batch.SetHardState(A, last);
            batch.Append(A, Entry(long.MaxValue, (1L << 40) + 1, "one"));
        });

        using WriteAheadLog recovered = Open(_disk.CrashClone());

        Assert.Equal((last, @base), (recovered.Recovered[A].HardState, recovered.Recovered[A].Base));
        RecoveredEntry entry = Assert.Single(recovered.Recovered[A].Entries);
        Assert.Equal(Entry(long.MaxValue, (1L << 40) + 1, "one").Id, entry.Id);
        Assert.Equal("one"u8.ToArray(), recovered.Read(entry.Location).Payload.ToArray());
    }

    [Fact]
    public void A_truncate_marker_voids_entries_and_they_never_come_back()
    {
        using WriteAheadLog log = Open(_disk);
        Flush(log, batch =>
        {
            for (int i = 1; i <= 5; i++)
            {
                batch.Append(A, Entry(1, i, $"old{i}"));
            }
        });
        Flush(log, batch =>
        {
            batch.Truncate(A, new LogIndex(3));
            batch.Append(A, Entry(2, 3, "new3"));
        });

        using WriteAheadLog recovered = Open(_disk.CrashClone());

        Assert.Equal(["1/1", "1/2", "2/3"], recovered.Recovered[A].Entries.Select(entry => entry.Id.ToString()));
        Assert.Equal("new3"u8.ToArray(), recovered.Read(recovered.Recovered[A].Entries[2].Location).Payload.ToArray());
    }

    [Fact]
    public void Compaction_gives_segments_up_and_carries_hard_states_and_bases_forward()
    {
        using WriteAheadLog log = Open(_disk);
        Flush(log, batch =>
        {
            batch.SetHardState(A, new HardState(new Term(7), new NodeId(3)));
            batch.SetHardState(B, new HardState(new Term(9), new NodeId(1)));
            batch.Append(B, Entry(9, 1, "b"));
            batch.Compact(B, new LogId(new Term(9), new LogIndex(1)), long.MaxValue);
        });
        long firstNeeded = 0;
        for (int i = 1; i <= 100; i++)
        {
            var batch = new WalBatch();
            batch.Append(A, Entry(7, i, new string('x', 300)));
            log.Append(batch);
            log.Flush();
            firstNeeded = i == 90 ? batch.Locations[0].Address : firstNeeded;
        }

        Flush(log, batch => batch.Compact(A, new LogId(new Term(7), new LogIndex(89)), firstNeeded));

        Assert.DoesNotContain("log.0", _disk.List("wal"));
        using WriteAheadLog recovered = Open(_disk.CrashClone());
        Assert.Equal(new HardState(new Term(7), new NodeId(3)), recovered.Recovered[A].HardState);
        Assert.Equal(new LogIndex(89), recovered.Recovered[A].Base.Index);
        Assert.Equal(
            Enumerable.Range(90, 11), recovered.Recovered[A].Entries.Select(entry => (int)entry.Id.Index.Value));
        Assert.Equal(new HardState(new Term(9), new NodeId(1)), recovered.Recovered[B].HardState);
        Assert.Equal(new LogId(new Term(9), new LogIndex(1)), recovered.Recovered[B].Base);
        Assert.Empty(recovered.Recovered[B].Entries);
        Assert.True(recovered.RetainedBytes < 20_000);
    }

    [Fact]
    public void A_group_that_still_needs_its_first_entry_holds_every_segment()
    {
        using WriteAheadLog log = Open(_disk);
        Flush(log, batch => batch.Append(B, Entry(1, 1, "needed")));
        for (int i = 1; i <= 50; i++)
        {
            int index = i;
            Flush(log, batch => batch.Append(A, Entry(1, index, new string('x', 300))));
        }

        Flush(log, batch => batch.Compact(A, new LogId(new Term(1), new LogIndex(50)), long.MaxValue));

        Assert.Contains("log.0", _disk.List("wal"));
        using WriteAheadLog recovered = Open(_disk.CrashClone());
        Assert.Single(recovered.Recovered[B].Entries);
    }

    [Fact]
    public void A_disk_error_completes_every_batch_with_it_and_faults_the_log_for_good()
    {
        using WriteAheadLog log = Open(_disk);
        var errors = new List<Exception?>();
        var batch = new WalBatch { Completed = (_, error) => errors.Add(error) };
        batch.Append(A, Entry(1, 1, new string('x', 300)));
        log.Append(batch);
        _disk.CapacityBytes = 0;
        log.Flush();
        _disk.CapacityBytes = 1L << 30;
        var second = new WalBatch { Completed = (_, error) => errors.Add(error) };
        second.Append(A, Entry(1, 2, "y"));
        log.Append(second);
        log.Flush();

        Assert.Equal(2, errors.Count);
        Assert.All(errors, error => Assert.IsType<StorageFailedException>(error));
        Assert.NotNull(log.Fault);
        Assert.Contains("full", log.Fault.Message, StringComparison.Ordinal);
    }

    private static WriteAheadLog Open(IFileSystem disk) => WriteAheadLog.Open(
        new SegmentRecordLogFactory(),
        disk,
        new RecordLogOptions { Directory = "wal", PageSizeBits = 12, MemorySizeBits = 14, SegmentSizeBits = 13,
            SectorBytes = 512 });

    private static void Flush(WriteAheadLog log, Action<WalBatch> fill)
    {
        var batch = new WalBatch();
        fill(batch);
        log.Append(batch);
        log.Flush();
        Assert.Null(log.Fault);
    }

    private static LogEntry Entry(long term, long index, string payload) => new(
        new LogId(new Term(term), new LogIndex(index)),
        EntryKind.Command,
        HybridTimestamp.FromUnixMilliseconds(1000 + index),
        System.Text.Encoding.UTF8.GetBytes(payload));
}
