using Replication.Errors;
using Replication.Primitives;
using Replication.Raft.Primitives;
using Replication.Storage.Files;
using Replication.Storage.Records;
using Replication.Storage.Wal;
using Replication.Testing.Files;

namespace Replication.Tests.Storage.Wal;

/// <summary>Random programs over several groups, against a model, through power losses and disk errors.</summary>
public class WalModelTests
{
    private const int GroupCount = 4;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void What_completed_is_there_after_a_power_loss_and_what_was_truncated_never_returns(int seed)
    {
        var random = new Random(seed);
        var disk = new InMemoryFileSystem();
        var model = new Model();
        for (int life = 0; life < 12; life++)
        {
            using (WriteAheadLog log = Open(disk))
            {
                model.AssertRecovered(log);
                for (int step = random.Next(1, 60); step > 0; step--)
                {
                    model.Step(log, random);
                }
            }

            disk = disk.CrashClone();
        }

        Assert.DoesNotContain("log.0", disk.List("wal"));
    }

    [Theory]
    [InlineData(DiskError.InputOutput)]
    [InlineData(DiskError.NoSpace)]
    public void Each_failed_call_completes_what_depends_on_it_with_the_error_and_loses_nothing_completed(
        DiskError error)
    {
        int calls = 0;
        for (int nth = 0; nth == 0 || nth < calls; nth++)
        {
            var disk = new InMemoryFileSystem();
            var faulty = new FaultyFileSystem(disk);
            using WriteAheadLog log = Open(faulty);
            FileFault fault = faulty.FailOn(_ => true, nth == 0 ? int.MaxValue : nth - 1, error);
            int opened = faulty.Calls.Count;
            var model = new Model();
            var random = new Random(7);
            for (int step = 0; step < 60 && log.Fault is null; step++)
            {
                model.Step(log, random);
            }

            if (nth == 0)
            {
                calls = faulty.Calls.Count - opened + 1;
                Assert.True(calls > 60);
                continue;
            }

            Assert.NotNull(fault.Hit);
            Assert.IsType<StorageFailedException>(log.Fault);
            Assert.Contains(fault.Hit.Value.Path, log.Fault.Message, StringComparison.Ordinal);
            using WriteAheadLog after = Open(disk.CrashClone());
            model.AssertContains(after);
        }
    }

    private static WriteAheadLog Open(IFileSystem disk) => WriteAheadLog.Open(
        new SegmentRecordLogFactory(),
        disk,
        new RecordLogOptions { Directory = "wal", PageSizeBits = 11, MemorySizeBits = 13, SegmentSizeBits = 12,
            SectorBytes = 512 });

    /// <summary>What the groups must hold: as of the last batch that completed, and as of the last appended.</summary>
    private sealed class Model
    {
        private readonly Group[] _groups = [.. Enumerable.Range(1, GroupCount).Select(
            id => new Group(new GroupId(id)))];
        private int _salt;

        public void Step(WriteAheadLog log, Random random)
        {
            var batch = new WalBatch();
            for (int operations = random.Next(1, 5); operations > 0; operations--)
            {
                _groups[random.Next(GroupCount)].Fill(batch, random, ref _salt);
            }

            bool completed = false;
            batch.Completed = (_, error) => completed = error is null;
            log.Append(batch);
            log.Flush();
            if (completed)
            {
                foreach (Group group in _groups)
                {
                    group.Complete(batch);
                }
            }

            if (random.Next(5) == 0)
            {
                log.WriteHint();
            }
        }

        public void AssertRecovered(WriteAheadLog log)
        {
            foreach (Group group in _groups)
            {
                group.AssertEqual(log);
            }
        }

        /// <summary>
        /// After an error the last batch may be there or not, but nothing of it can undo what completed before.
        /// </summary>
        public void AssertContains(WriteAheadLog log)
        {
            foreach (Group group in _groups)
            {
                group.AssertAtLeast(log);
            }
        }
    }

    private sealed class Group(GroupId id)
    {
        private readonly List<(LogEntry Entry, RecordLocation Location)> _entries = [];
        private readonly List<LogEntry> _next = [];
        private (HardState HardState, LogId Base, int Count) _completed;
        private List<LogEntry> _completedEntries = [];
        private HardState _hardState;
        private LogId _base;

        private long LastIndex => _base.Index.Value + _next.Count;

        public void Fill(WalBatch batch, Random random, ref int salt)
        {
            switch (random.Next(8))
            {
                case 0:
                    _hardState = new HardState(_hardState.CurrentTerm.Next(), new NodeId(random.Next(4)));
                    batch.SetHardState(id, _hardState);
                    break;
                case 1 when _next.Count > 0:
                    int kept = random.Next(_next.Count);
                    batch.Truncate(id, new LogIndex(_base.Index.Value + kept + 1));
                    _next.RemoveRange(kept, _next.Count - kept);
                    break;
                case 2 or 3 when _entries.Count > 1 && _entries.Count <= _next.Count:
                    Compact(batch, random.Next(1, _entries.Count));
                    break;
                default:
                    byte[] payload = new byte[random.Next(400)];
                    new Random(salt++).NextBytes(payload);
                    var entry = new LogEntry(
                        new LogId(_hardState.CurrentTerm, new LogIndex(LastIndex + 1)),
                        EntryKind.Command,
                        new HybridTimestamp(salt),
                        payload);
                    batch.Append(id, entry);
                    _next.Add(entry);
                    break;
            }
        }

        public void Complete(WalBatch batch)
        {
            for (int i = 0; i < batch.Operations.Count; i++)
            {
                WalOperation operation = batch.Operations[i];
                if (operation.Group == id && operation.Kind == WalOperationKind.Entry)
                {
                    Cut(operation.Entry.Id.Index);
                    _entries.Add((operation.Entry, batch.Locations[i]));
                }
                else if (operation.Group == id && operation.Kind == WalOperationKind.Truncate)
                {
                    Cut(operation.Index);
                }
            }

            while (_entries.Count > 0 && _entries[0].Entry.Id.Index <= _base.Index)
            {
                _entries.RemoveAt(0);
            }

            _completed = (_hardState, _base, _next.Count);
            _completedEntries = [.. _next];
        }

        public void AssertEqual(WriteAheadLog log)
        {
            if (!log.Recovered.TryGetValue(id, out RecoveredGroup? group))
            {
                Assert.Equal(0, _completed.Count);
                return;
            }

            Assert.Equal(_completed.HardState, group.HardState);
            Assert.Equal(_completed.Base, group.Base);
            Assert.Equal(_completedEntries.Select(entry => entry.Id), group.Entries.Select(entry => entry.Id));
            for (int i = 0; i < group.Entries.Count; i++)
            {
                AssertSame(_completedEntries[i], log.Read(group.Entries[i].Location));
            }
        }

        public void AssertAtLeast(WriteAheadLog log)
        {
            if (!log.Recovered.TryGetValue(id, out RecoveredGroup? group))
            {
                Assert.Equal(0, _completed.Count);
                return;
            }

            Assert.True(group.HardState.CurrentTerm >= _completed.HardState.CurrentTerm);
            Assert.True(group.Base.Index >= _completed.Base.Index);

            // What the last batch did not touch is as it was.
            foreach (LogEntry entry in _completedEntries.Where(
                entry => _next.Contains(entry) && entry.Id.Index > group.Base.Index))
            {
                RecoveredEntry found = Assert.Single(group.Entries, candidate => candidate.Id.Index == entry.Id.Index);
                AssertSame(entry, log.Read(found.Location));
            }
        }

        private static void AssertSame(LogEntry expected, LogEntry actual)
        {
            Assert.Equal(expected.Id, actual.Id);
            Assert.Equal(expected.Kind, actual.Kind);
            Assert.Equal(expected.Timestamp, actual.Timestamp);
            Assert.Equal(expected.Payload.ToArray(), actual.Payload.ToArray());
        }

        private void Compact(WalBatch batch, int count)
        {
            // Only entries whose batch completed are given up, and only if no operation of this batch touches them.
            if (batch.Operations.Any(operation => operation.Group == id))
            {
                return;
            }

            _base = _entries[count - 1].Entry.Id;
            batch.Compact(id, _base, _entries[count].Location.Address);
            _next.RemoveRange(0, count);
        }

        private void Cut(LogIndex from)
        {
            while (_entries.Count > 0 && _entries[^1].Entry.Id.Index >= from)
            {
                _entries.RemoveAt(_entries.Count - 1);
            }
        }
    }
}
