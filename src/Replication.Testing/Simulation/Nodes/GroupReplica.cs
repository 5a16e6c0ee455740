using Replication.Groups;
using Replication.Raft;
using Replication.Raft.Primitives;
using Replication.Sessions;
using Replication.StateMachines;
using Replication.Storage.Files;
using Replication.Storage.Records;
using Replication.Storage.Wal;
using Replication.Testing.Simulation.Invariants;
using Replication.Testing.Simulation.Subjects;

namespace Replication.Testing.Simulation.Nodes;

/// <summary>A group's replica in one process: the production group with its state machine, as the host puts it
/// together.</summary>
internal sealed class GroupReplica
{
    private readonly ClientSessionTable _sessions;

    /// <summary>Recovers the replica from disk.</summary>
    /// <param name="process">The process, whose log is open.</param>
    /// <param name="of">The group.</param>
    /// <param name="files">The disk of the node.</param>
    /// <param name="records">Opens record logs on it.</param>
    /// <param name="boots">How many processes have ended here.</param>
    public GroupReplica(
        NodeProcess process, SimulatedGroup of, IFileSystem files, IRecordLogFactory records, int boots)
    {
        SimulatedNode node = process.Node;
        SimulationConfig config = node.Cluster.Config;
        Process = process;
        Of = of;
        Subject = node.Cluster.Subject.Open(this, config, files, records);
        SessionedStateMachine sessioned = new(Subject.Machine);
        _sessions = sessioned.Sessions;
        ObservedMachine machine = new(sessioned, of.Oracle, node.Number);
        Recovered = process.Log.Recovered.GetValueOrDefault(of.Id) ?? new RecoveredGroup();
        CheckpointId = machine.CheckpointId;
        GroupOrigin origin = new()
        {
            Name = of.Name,
            Machine = machine,
            Recovered = Recovered,
            Config = CoreConfig(config, node, of.Index, boots),
        };
        Group = new ReplicaGroup(origin, Settings(config, boots), process.Executor.Turn, process.Log.Read);
    }

    public NodeProcess Process { get; }

    /// <summary>Gets the group that this is a replica of.</summary>
    public SimulatedGroup Of { get; }

    public ReplicaGroup Group { get; }

    /// <summary>Gets what runs here.</summary>
    public SubjectReplica Subject { get; }

    /// <summary>Gets what the log held of the group when the process started.</summary>
    public RecoveredGroup Recovered { get; }

    /// <summary>Gets the checkpoint that the replica started from.</summary>
    public LogId CheckpointId { get; }

    /// <summary>Computes a digest of the applied state and of the client sessions beside it.</summary>
    public ulong StateDigest()
    {
        StateHash hash = default;
        hash.Add(Subject.StateDigest());
        hash.Add(StateHash.Of(SessionAccounts.Written(_sessions).Span));
        return hash.Value;
    }

    /// <summary>Finds out what is wrong with the client sessions; null if nothing is.</summary>
    public string? WrongSessions() => SessionAccounts.Check(_sessions);

    private static RaftConfig CoreConfig(SimulationConfig config, SimulatedNode node, int group, int boots) => new()
    {
        NodeId = new NodeId(node.Number),
        Voters = node.Cluster.Voters,
        Seed = config.Seed + ((ulong)node.Number * 1_000_003) + ((ulong)boots * 7_919) + ((ulong)group * 15_485_863),
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
}
