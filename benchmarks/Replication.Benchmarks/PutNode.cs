using Microsoft.Extensions.Logging.Abstractions;
using Replication.Diagnostics;
using Replication.Groups;
using Replication.Kv.Machine;
using Replication.Raft;
using Replication.Raft.Primitives;
using Replication.StateMachines;
using Replication.Storage.Engine;
using Replication.Storage.Files;
using Replication.Storage.Records;
using Replication.Storage.Wal;
using Replication.Transport;

namespace Replication.Benchmarks;

/// <summary>A node of a <see cref="PutRound"/>: driver, log writer and store; stepped, without a disk.</summary>
internal sealed class PutNode : ITransport
{
    private readonly Func<NodeId, PutNode> _find;
    private readonly StepInbox _inbox = new();
    private readonly StepInbox _logInbox = new();
    private readonly StepInbox _background = new();
    private readonly WalWriter _writer;
    private readonly GroupExecutor _executor;

    public PutNode(NodeId id, IReadOnlyList<RaftVoter> voters, Func<NodeId, PutNode> find)
    {
        Id = id;
        _find = find;
        InMemoryFileSystem files = new();
        UnwrittenLog.Factory records = new();
        WriteAheadLog log = WriteAheadLog.Open(records, files, new RecordLogOptions { Directory = "wal" });
        _writer = new WalWriter(log);
        TurnContext turn = new()
        {
            Transport = this,
            Background = _background,
            Home = _inbox,
            Metrics = new ReplicationMetrics(),
            Logger = NullLogger.Instance,
        };
        _executor = new GroupExecutor(turn, _logInbox, files, reserveBytes: 0);
        IKeyValueEngine engine = new CopyOnWriteEngineFactory().Open(
            files, records, "kv", new KeyValueEngineOptions { VersionWindow = TimeSpan.FromMilliseconds(100) });
        GroupOrigin origin = new()
        {
            Name = "kv",
            Machine = new SessionedStateMachine(new KvStateMachine(engine)),
            Recovered = new RecoveredGroup(),
            Config = new RaftConfig { NodeId = id, Voters = voters, Seed = (ulong)id.Value },
        };
        Group = new ReplicaGroup(origin, new GroupSettings { CheckpointLogBytes = long.MaxValue }, turn, log.Read);
        _executor.Add(Group);
    }

    public NodeId Id { get; }

    public ReplicaGroup Group { get; }

    public Instant Deadline => _executor.NextDeadline;

    public void Post(ExecutorItem item) => _inbox.Post(item);

    /// <summary>Does what waits here.</summary>
    /// <returns>Whether there was something.</returns>
    public bool Run(Instant now)
    {
        if (_inbox.IsEmpty && _logInbox.IsEmpty && _executor.NextDeadline > now)
        {
            return false;
        }

        BackgroundWorker.Run(_background.TakeAll());
        _executor.RunTurn(now, 1_700_000_000_000 + (now.Nanoseconds / 1_000_000), _inbox.TakeAll());
        if (!_logInbox.IsEmpty)
        {
            _writer.Append(_logInbox.TakeAll());
            _writer.Flush();
        }

        return true;
    }

    public void Send(NodeId receiver, PeerMessage message)
    {
        PutNode node = _find(receiver);
        node.Post(new PeerArrival(node.Group, Id, message));
    }

    public ValueTask StartAsync(ITransportHandler handler, CancellationToken cancellationToken) =>
        ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
