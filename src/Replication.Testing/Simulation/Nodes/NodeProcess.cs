using Microsoft.Extensions.Logging.Abstractions;
using Replication.Diagnostics;
using Replication.Errors;
using Replication.Groups;
using Replication.Primitives;
using Replication.Raft;
using Replication.Raft.Primitives;
using Replication.StateMachines;
using Replication.Storage.Files;
using Replication.Storage.Records;
using Replication.Storage.Wal;
using Replication.Testing.Simulation.Invariants;
using Replication.Testing.Simulation.Probes;
using Replication.Testing.Simulation.Subjects;
using Replication.Transport;

namespace Replication.Testing.Simulation.Nodes;

/// <summary>One life of a node: the production driver, log, engine and store, put together as the host does it, without
/// its threads.</summary>
internal sealed class NodeProcess : ITransport
{
    /// <summary>The name of the group.</summary>
    public const string GroupName = "simulated";

    /// <summary>The directory of the write-ahead log.</summary>
    public const string LogDirectory = "wal";

    private const string GroupDirectory = "groups/simulated";
    private const long DiskReserveBytes = 64 << 10;

    // Nobody listens, and the runtime keeps every meter until it is disposed: one for all processes.
    private static readonly ReplicationMetrics Metrics = new();
    private readonly SimulatedNode _node;
    private readonly List<SimulatedProposal> _proposals = [];
    private readonly List<SimulatedRead> _reads = [];

    /// <summary>Recovers everything from disk.</summary>
    public NodeProcess(SimulatedNode node, SimulationConfig config, IFileSystem files, int boots)
    {
        _node = node;
        Home = new SimulatedInbox(node.WakeExecutor);
        LogInbox = new SimulatedInbox(node.WakeLog) { Posting = Submitted };
        Background = new SimulatedInbox(node.WakeBackground);
        SegmentRecordLogFactory records = new();
        Log = WriteAheadLog.Open(records, files, Options(config, LogDirectory));
        Writer = new WalWriter(Log);
        Replica = node.Cluster.Subject.Open(this, config, files, records, GroupDirectory);
        ObservedMachine machine = new(
            new SessionedStateMachine(Replica.Machine), node.Cluster.Oracle, node.Number);
        Recovered = Log.Recovered.GetValueOrDefault(GroupId.FromName(GroupName)) ?? new RecoveredGroup();
        CheckpointId = machine.CheckpointId;
        TurnContext turn = new()
        {
            Now = node.Clock.Now(node.Cluster.Now),
            Transport = this,
            Background = Background,
            Home = Home,
            Metrics = Metrics,
            Logger = NullLogger.Instance,
        };
        Executor = new GroupExecutor(turn, LogInbox, files, DiskReserveBytes);
        GroupOrigin origin = new()
        {
            Name = GroupName,
            Machine = machine,
            Recovered = Recovered,
            Config = CoreConfig(config, node, boots),
        };
        Group = new ReplicaGroup(origin, Settings(config, boots), turn, Log.Read);
        Executor.Add(Group);
    }

    public SimulatedInbox Home { get; }

    public SimulatedInbox LogInbox { get; }

    public SimulatedInbox Background { get; }

    public WriteAheadLog Log { get; }

    public WalWriter Writer { get; }

    public GroupExecutor Executor { get; }

    public ReplicaGroup Group { get; }

    /// <summary>Gets what runs here.</summary>
    public SubjectReplica Replica { get; }

    /// <summary>Gets the node that the process is a life of.</summary>
    public SimulatedNode Node => _node;

    /// <summary>Gets what the log held when the process started.</summary>
    public RecoveredGroup Recovered { get; }

    /// <summary>Gets the checkpoint that the process started from.</summary>
    public LogId CheckpointId { get; }

    /// <summary>Gets or sets the error that stopped the process; null while it is well.</summary>
    public Exception? Fault { get; set; }

    /// <summary>Gets or sets a value indicating whether the process is gone: what still completes is unheard.</summary>
    public bool IsGone { get; set; }

    /// <summary>Finds out whether a log that is recovered from a disk holds an entry, or a checkpoint beyond
    /// it.</summary>
    public static bool Holds(IFileSystem files, SimulationConfig config, LogId id)
    {
        try
        {
            using WriteAheadLog log = WriteAheadLog.Open(
                new SegmentRecordLogFactory(), files, Options(config, LogDirectory));
            RecoveredGroup group = log.Recovered.GetValueOrDefault(GroupId.FromName(GroupName)) ?? new RecoveredGroup();
            return group.Base.Index >= id.Index || group.Entries.Exists(entry => entry.Id == id);
        }
        catch (StorageCorruptedException)
        {
            return false;
        }
    }

    /// <summary>Gets the sizes of a record log of the run.</summary>
    public static RecordLogOptions Options(SimulationConfig config, string directory) => new()
    {
        Directory = directory,
        PageSizeBits = config.PageSizeBits,
        MemorySizeBits = config.PageSizeBits + 1,
        SegmentSizeBits = config.SegmentSizeBits,
        SectorBytes = 512,
        GrowthBytes = config.GrowthBytes,
    };

    public void Ended(SimulatedProposal proposal) => _proposals.Add(proposal);

    public void Ended(SimulatedRead read) => _reads.Add(read);

    /// <summary>Hands over the calls that were ended since the last time.</summary>
    public void PublishEnded()
    {
        if (IsGone)
        {
            return;
        }

        if (_proposals.Count > 1)
        {
            _node.Cluster.Probes.Reached(Probe.AnswersTogether);
        }

        for (int i = 0; i < _proposals.Count; i++)
        {
            _proposals[i].Publish();
        }

        _proposals.Clear();
        for (int i = 0; i < _reads.Count; i++)
        {
            _reads[i].Publish();
        }

        _reads.Clear();
    }

    public void Send(NodeId receiver, PeerMessage message)
    {
        if (!IsGone)
        {
            _node.Send(receiver, message);
        }
    }

    public ValueTask StartAsync(ITransportHandler handler, CancellationToken cancellationToken) =>
        ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static RaftConfig CoreConfig(SimulationConfig config, SimulatedNode node, int boots) => new()
    {
        NodeId = new NodeId(node.Number),
        Voters = node.Cluster.Voters,
        Seed = config.Seed + ((ulong)node.Number * 1_000_003) + ((ulong)boots * 7_919),
        HeartbeatInterval = TimeSpan.FromMilliseconds(config.HeartbeatMilliseconds),
        ElectionTimeoutMin = TimeSpan.FromMilliseconds(config.ElectionTimeoutMinMilliseconds),
        ElectionTimeoutMax = TimeSpan.FromMilliseconds(config.ElectionTimeoutMaxMilliseconds),
        AppendEntriesMax = config.AppendEntriesMax,
        AppendBytesMax = config.AppendBytesMax,
        InflightMessagesMax = config.InflightMessagesMax,
    };

    private static GroupSettings Settings(SimulationConfig config, int boots) => new()
    {
        BootId = boots,
        ForwardWrites = config.ForwardWrites,
        WriteTimeout = TimeSpan.FromMilliseconds(config.WriteTimeoutMilliseconds),
        LeaderWait = TimeSpan.FromMilliseconds(2 * config.ElectionTimeoutMaxMilliseconds),
        EntryCacheBytesMax = config.EntryCacheBytesMax,
        CheckpointLogBytes = config.CheckpointLogBytes,
        LogBytesMax = config.LogBytesMax,
        TrailingEntries = config.TrailingEntries,
        ApplyEntriesMax = config.ApplyEntriesMax,
    };

    private void Submitted(InboxItem item) =>
        _node.Cluster.Oracle.Submitted(_node.Number, ((PersistBatch)item).Wal.Operations);
}
