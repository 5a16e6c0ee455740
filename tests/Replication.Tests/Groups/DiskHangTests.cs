using Microsoft.Extensions.Logging;
using Replication.Diagnostics;
using Replication.Groups;
using Replication.Primitives;
using Replication.Raft;
using Replication.Raft.Primitives;
using Replication.Storage.Files;
using Replication.Storage.Records;
using Replication.Storage.Wal;
using Replication.Transport.InMemory;

namespace Replication.Tests.Groups;

/// <summary>When an executor takes its disk for hanging: nothing was finished for an election timeout. And what is left
/// of one that failed.</summary>
public sealed class DiskHangTests : IDisposable
{
    private const int DiskFinishesNothing = 3008;
    private readonly SteppedInbox _log = new();
    private readonly EventCounter _events = new();
    private readonly WriteAheadLog _wal = WriteAheadLog.Open(
        new SegmentRecordLogFactory(), new InMemoryFileSystem(), new RecordLogOptions { Directory = "wal" });

    private readonly GroupExecutor _executor;
    private Instant _now;

    public DiskHangTests()
    {
        TurnContext turn = new()
        {
            Transport = new InMemoryNetwork().CreateTransport(new NodeId(1)),
            Background = new SteppedInbox(),
            Home = new SteppedInbox(),
            Metrics = new ReplicationMetrics(),
            Logger = _events,
        };
        InMemoryFileSystem files = new();
        _executor = new GroupExecutor(turn, _log, files, reserveBytes: 0);
        GroupOrigin origin = new()
        {
            Name = "test",
            Machine = new RecordingMachine(new MachineDisk()),
            Recovered = new RecoveredGroup(),
            Config = new RaftConfig
            {
                NodeId = new NodeId(1),
                Voters = [.. Enumerable.Range(1, 3).Select(id => new RaftVoter(new NodeId(id)))],
                Seed = 1,
                ElectionTimeoutMax = TimeSpan.FromMilliseconds(600),
            },
        };
        _executor.Add(new ReplicaGroup(origin, new GroupSettings { BootId = 1 }, turn, _wal.Read));
    }

    [Fact]
    public void It_is_noticed_although_more_and_more_is_written_and_told_once()
    {
        for (int i = 0; i < 30; i++)
        {
            Write();
            Pass(100);
        }

        Assert.Equal(1, _events.CountOf(DiskFinishesNothing));
    }

    [Fact]
    public void What_is_left_has_an_election_timeout_from_the_last_write_that_ended()
    {
        PersistBatch first = Write();
        Write();
        Pass(500);
        End(first);
        Pass(599);
        Assert.Equal(0, _events.CountOf(DiskFinishesNothing));
        Pass(1);
        Assert.Equal(1, _events.CountOf(DiskFinishesNothing));
    }

    [Fact]
    public void Each_hang_is_told()
    {
        for (int hang = 1; hang <= 3; hang++)
        {
            PersistBatch batch = Write();
            Pass(700);
            Assert.Equal(hang, _events.CountOf(DiskFinishesNothing));
            End(batch);
            Pass(5000);
        }

        Assert.Equal(3, _events.CountOf(DiskFinishesNothing));
    }

    [Fact]
    public void An_executor_that_failed_wants_no_turn_any_more()
    {
        Write();
        _executor.Fail(new InvalidOperationException());
        Assert.Equal(Instant.Never, _executor.NextDeadline);
    }

    [Fact]
    public void What_came_behind_an_item_that_failed_is_refused_with_its_error()
    {
        TestProposal behind = new() { Group = _executor.Groups[0] };
        FailingItem failing = new() { Next = behind };

        Assert.Throws<TimeZoneNotFoundException>(() => _executor.RunTurn(_now, 0, failing));

        Assert.IsType<TimeZoneNotFoundException>(behind.Error);
    }

    public void Dispose()
    {
        _executor.Dispose();
        _wal.Dispose();
    }

    // As if a step had something to persist; that it is of a group that nobody knows is of no matter here.
    private PersistBatch Write()
    {
        _executor.Turn.Batch.Wal.SetHardState(new GroupId(9), new HardState(new Term(1), NodeId.None));
        _executor.RunTurn(_now, 0, null);
        return Assert.IsType<PersistBatch>(_log.TakeAll());
    }

    private void End(PersistBatch batch) => _executor.RunTurn(_now, 0, batch);

    private void Pass(int milliseconds)
    {
        Instant end = _now + TimeSpan.FromMilliseconds(milliseconds);
        while (_executor.NextDeadline <= end)
        {
            _now = _executor.NextDeadline > _now ? _executor.NextDeadline : _now;
            _executor.RunTurn(_now, 0, null);
        }

        _now = end;
    }

    private sealed class FailingItem : ExecutorItem
    {
        public override void Deliver(GroupExecutor executor) => throw new TimeZoneNotFoundException();
    }

    private sealed class EventCounter : ILogger
    {
        private readonly List<int> _ids = [];

        public int CountOf(int id) => _ids.Count(seen => seen == id);

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter) => _ids.Add(eventId.Id);
    }
}
