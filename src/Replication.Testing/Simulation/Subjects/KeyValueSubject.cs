using System.Text;
using Replication.Kv;
using Replication.Kv.Machine;
using Replication.Raft.Primitives;
using Replication.Sessions;
using Replication.StateMachines;
using Replication.Storage.Engine;
using Replication.Storage.Files;
using Replication.Storage.Records;
using Replication.Testing.Simulation.Nodes;
using Replication.Testing.Simulation.Workloads;

namespace Replication.Testing.Simulation.Subjects;

/// <summary>The key-value store, with its engine on the node's disk.</summary>
internal sealed class KeyValueSubject : SimulationSubject
{
    public override ClientWorkload CreateWorkload(SimulatedCluster cluster, IReadOnlyList<PlannedCall>? calls) =>
        new KeyValueWorkload(cluster, calls is null ? null : new CallScript(calls, cluster.Config.Clients));

    public override SubjectReplica Open(
        GroupReplica replica, SimulationConfig config, IFileSystem files, IRecordLogFactory records)
    {
        CopyOnWriteEngineFactory engines = new(place => NodeProcess.Options(config, place));
        return new Replica(replica, engines.Open(
            files, records, replica.Of.Directory, OptionsOf(config)));
    }

    private static KeyValueEngineOptions OptionsOf(SimulationConfig config) => new()
    {
        ValueCacheBytesMax = config.ValueCacheBytesMax,
        VersionWindow = TimeSpan.FromMilliseconds(config.VersionWindowMilliseconds),
        CompactionDeadRatio = config.CompactionDeadPercent / 100.0,
    };

    private sealed class Replica(GroupReplica replica, IKeyValueEngine engine) : SubjectReplica
    {
        private static readonly byte[] ProgressKey = Encoding.UTF8.GetBytes("progress");
        private readonly KeyValueStore _store = new(
            new SimulatedGroupClient(replica), engine, new KeyValueLimits(), new NodeId(replica.Process.Node.Number),
            TimeSpan.FromMilliseconds(replica.Process.Node.Cluster.Config.SessionTimeoutMilliseconds));

        public override ICheckpointedStateMachine Machine { get; } = new KvStateMachine(engine);

        // All keys, values and versions.
        public override ulong StateDigest()
        {
            StateHash hash = default;
            using IKeyValueSnapshot snapshot = engine.CaptureSnapshot();
            foreach (KeyValueRecord record in snapshot.Scan(default, default))
            {
                hash.Add(StateHash.Of(record.Key.Span));
                hash.Add(StateHash.Of(record.Value.Span));
                hash.Add(record.Version.Value);
            }

            return hash.Value;
        }

        public override ValueTask<ClientSession> OpenSessionAsync() => _store.OpenSessionAsync();

        public override async ValueTask WriteAnythingAsync() =>
            await _store.PutAsync(ProgressKey, KeyValueForms.OneByte).ConfigureAwait(false);

        public override ValueTask<ClientAnswer> ExecuteAsync(ClientCall call, int attempt) =>
            StoreCalls.ExecuteAsync(replica, _store, call, attempt);
    }
}
