using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Replication.Diagnostics;
using Replication.Groups;
using Replication.Primitives;
using Replication.Raft;
using Replication.Raft.Primitives;
using Replication.Storage.Files;
using Replication.Storage.Records;
using Replication.Storage.Wal;
using Replication.Transport;

namespace Replication.Tests.Groups;

/// <summary>A node of a <see cref="SteppedCluster"/>: the production driver, stepped by hand.</summary>
internal sealed class SteppedNode : ITransport
{
    public static readonly TimeSpan FlushTime = TimeSpan.FromMilliseconds(1);
    private readonly SteppedCluster _cluster;
    private readonly ReplicationMetrics _metrics = new();
    private readonly MachineDisk _machineDisk = new();
    private SteppedInbox _inbox = new();
    private SteppedInbox _logInbox = new();
    private SteppedInbox _background = new();
    private WriteAheadLog _log = null!;
    private WalWriter _writer = null!;
    private int _boots;

    public SteppedNode(SteppedCluster cluster, int id)
    {
        _cluster = cluster;
        Id = new NodeId(id);
        Start();
    }

    public NodeId Id { get; }

    public IFileSystem Files { get; set; } = new InMemoryFileSystem();

    public InMemoryFileSystem Disk { get; private set; } = new();

    public bool IsAlive { get; private set; }

    public GroupExecutor Executor { get; private set; } = null!;

    public ReplicaGroup Group { get; private set; } = null!;

    public RecordingMachine Machine { get; private set; } = null!;

    public Exception? Fault { get; private set; }

    /// <summary>Gets or sets whether the disk hangs: what is appended stays in memory.</summary>
    public bool IsFlushStalled { get; set; }

    /// <summary>Gets or sets whether background work, checkpoints above all, makes no progress.</summary>
    public bool IsBackgroundStalled { get; set; }

    public TimeSpan ClockOffset { get; set; }

    public Instant FlushAt { get; private set; } = Instant.Never;

    public GroupStatus Status => Group.Status;

    public bool IsLeader => IsAlive && Fault is null && Status.Raft.Role == RaftRole.Leader;

    public long WrittenBytes => _log.RetainedBytes;

    /// <summary>Gets when something is to be done here; the past if at once.</summary>
    public Instant NextEvent => !IsAlive ? Instant.Never
        : !_inbox.IsEmpty || (!_background.IsEmpty && !IsBackgroundStalled) || !_logInbox.IsEmpty ? default
        : Instant.Min(Fault is null ? Executor.NextDeadline : Instant.Never, IsFlushStalled ? Instant.Never : FlushAt);

    public TestProposal Propose(string text)
    {
        TestProposal proposal = new() { Group = Group, Payload = Encoding.UTF8.GetBytes(text) };
        _inbox.Post(proposal);
        return proposal;
    }

    public TestRead Read()
    {
        TestRead read = new(Machine) { Group = Group };
        _inbox.Post(read);
        return read;
    }

    public void Post(ExecutorItem item) => _inbox.Post(item);

    /// <summary>Runs what is due.</summary>
    public void Run(Instant now)
    {
        if (!_background.IsEmpty && !IsBackgroundStalled)
        {
            BackgroundWorker.Run(_background.TakeAll());
        }

        if (!_logInbox.IsEmpty)
        {
            _writer.Append(_logInbox.TakeAll());
            FlushAt = Instant.Min(FlushAt, now + FlushTime);
        }

        if (FlushAt <= now && !IsFlushStalled)
        {
            FlushAt = Instant.Never;
            _writer.Flush();
        }

        if (!_inbox.IsEmpty || (Fault is null && Executor.NextDeadline <= now))
        {
            RunTurn(now);
        }
    }

    /// <summary>Loses everything that is not durable.</summary>
    public void Kill()
    {
        IsAlive = false;
        Disk = Disk.CrashClone();
        _cluster.Trace($"{Id} killed");
    }

    public void Start()
    {
        _boots++;
        Fault = null;
        IsFlushStalled = false;
        IsBackgroundStalled = false;
        FlushAt = Instant.Never;
        _inbox = new SteppedInbox();
        _logInbox = new SteppedInbox();
        _background = new SteppedInbox();
        Files = _cluster.WrapDisk(Id, Disk);
        _log = WriteAheadLog.Open(new SegmentRecordLogFactory(), Files, _cluster.LogOptions);
        _writer = new WalWriter(_log);
        Machine = new RecordingMachine(_machineDisk);
        TurnContext turn = new()
        {
            Now = _cluster.Now,
            Transport = this,
            Background = _background,
            Home = _inbox,
            Metrics = _metrics,
            Logger = NullLogger.Instance,
        };
        Executor = new GroupExecutor(turn, _logInbox, Files, SteppedCluster.DiskReserveBytes);
        Group = new ReplicaGroup(Origin(), _cluster.Settings(_boots), turn, _log.Read);
        Executor.Add(Group);
        IsAlive = true;
        _cluster.Trace($"{Id} started");
    }

    public void Receive(NodeId from, PeerMessage message) => _inbox.Post(new PeerArrival(Group, from, message));

    public void Lose(NodeId peer) => _inbox.Post(new PeerLoss(peer));

    public void Send(NodeId receiver, PeerMessage message) => _cluster.Send(Id, receiver, message);

    public ValueTask StartAsync(ITransportHandler handler, CancellationToken cancellationToken) =>
        ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void RunTurn(Instant now)
    {
        long utc = SteppedCluster.UtcOrigin + (now.Nanoseconds / 1_000_000) + (long)ClockOffset.TotalMilliseconds;
        try
        {
            Executor.RunTurn(now, utc, _inbox.TakeAll());
        }
        catch (Exception error)
        {
            Fault ??= error;
            Executor.Fail(error);
            _cluster.Trace($"{Id} faulted: {error.Message}");
            _cluster.Disconnected(Id);
        }
    }

    private GroupOrigin Origin() => new()
    {
        Name = "test",
        Machine = Machine,
        Recovered = _log.Recovered.GetValueOrDefault(GroupId.FromName("test")) ?? new RecoveredGroup(),
        Config = new RaftConfig
        {
            NodeId = Id,
            Voters = _cluster.Voters,
            Seed = _cluster.Seed + ((ulong)Id.Value * 1000) + (ulong)_boots,
            AppendBytesMax = _cluster.AppendBytesMax,
        },
    };
}
