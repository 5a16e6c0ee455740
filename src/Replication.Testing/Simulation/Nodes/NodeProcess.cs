using Microsoft.Extensions.Logging.Abstractions;
using Replication.Diagnostics;
using Replication.Errors;
using Replication.Groups;
using Replication.Primitives;
using Replication.Raft.Primitives;
using Replication.Storage.Files;
using Replication.Storage.Records;
using Replication.Storage.Wal;
using Replication.Testing.Simulation.Probes;
using Replication.Transport;

namespace Replication.Testing.Simulation.Nodes;

/// <summary>One life of a node: the production driver, log, engine and store, put together as the host does it, without
/// its threads.</summary>
internal sealed class NodeProcess : ITransport
{
    /// <summary>The directory of the write-ahead log.</summary>
    public const string LogDirectory = "wal";

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
        SimulatedGroup[] groups = node.Cluster.Groups;
        Replicas = new GroupReplica[groups.Length];
        for (int i = 0; i < groups.Length; i++)
        {
            Replicas[i] = new GroupReplica(this, groups[i], files, records, boots);
            Executor.Add(Replicas[i].Group);
        }
    }

    public SimulatedInbox Home { get; }

    public SimulatedInbox LogInbox { get; }

    public SimulatedInbox Background { get; }

    public WriteAheadLog Log { get; }

    public WalWriter Writer { get; }

    public GroupExecutor Executor { get; }

    /// <summary>Gets the replicas that the process hosts, of each group one.</summary>
    public GroupReplica[] Replicas { get; }

    /// <summary>Gets the node that the process is a life of.</summary>
    public SimulatedNode Node => _node;

    /// <summary>Gets the sum of the indexes up to which entries are applied.</summary>
    public long Applied
    {
        get
        {
            long applied = 0;
            foreach (GroupReplica replica in Replicas)
            {
                applied += replica.Group.AppliedId.Index.Value;
            }

            return applied;
        }
    }

    /// <summary>Gets or sets the error that stopped the process; null while it is well.</summary>
    public Exception? Fault { get; set; }

    /// <summary>Gets or sets a value indicating whether the process is gone: what still completes is unheard.</summary>
    public bool IsGone { get; set; }

    /// <summary>Finds out whether a log that is recovered from a disk holds an entry of a group, or its
    /// base is beyond it.</summary>
    public static bool Holds(IFileSystem files, SimulationConfig config, GroupId of, LogId id)
    {
        try
        {
            using WriteAheadLog log = WriteAheadLog.Open(
                new SegmentRecordLogFactory(), files, Options(config, LogDirectory));
            RecoveredGroup group = log.Recovered.GetValueOrDefault(of) ?? new RecoveredGroup();
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

    private void Submitted(InboxItem item)
    {
        IReadOnlyList<WalOperation> operations = ((PersistBatch)item).Wal.Operations;
        foreach (GroupReplica replica in Replicas)
        {
            replica.Of.Oracle.Submitted(_node.Number, operations);
        }
    }
}
