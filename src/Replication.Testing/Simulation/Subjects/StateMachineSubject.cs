using Replication.Hosting;
using Replication.Primitives;
using Replication.Raft.Primitives;
using Replication.Sessions;
using Replication.StateMachines;
using Replication.Storage.Files;
using Replication.Storage.Records;
using Replication.Storage.Snapshots;
using Replication.Testing.Histories;
using Replication.Testing.Simulation.Nodes;
using Replication.Testing.Simulation.Probes;
using Replication.Testing.Simulation.Workloads;

namespace Replication.Testing.Simulation.Subjects;

/// <summary>A user's state machine, with its snapshot files on the node's disk.</summary>
internal sealed class StateMachineSubject<TMachine>(StateMachineWorkload<TMachine> workload) : SimulationSubject
    where TMachine : IStateMachine
{
    public override ClientWorkload CreateWorkload(SimulatedCluster cluster, IReadOnlyList<PlannedCall>? calls) =>
        new StateMachineClients<TMachine>(
            cluster, workload, calls is null ? null : new CallScript(calls, cluster.Config.Clients));

    public override SubjectReplica Open(
        GroupReplica replica, SimulationConfig config, IFileSystem files, IRecordLogFactory records)
    {
        TMachine machine = workload.CreateMachine();
        WatchedMachine<TMachine> watched = new(
            machine, workload, replica.Of.Oracle, replica.Process.Node.Number);
        return new Replica(
            replica, machine, watched, new SnapshotFileCheckpoints(watched, files, replica.Of.Directory));
    }

    private sealed class Replica(
        GroupReplica replica, TMachine machine, WatchedMachine<TMachine> watched, SnapshotFileCheckpoints checkpoints)
        : SubjectReplica
    {
        private readonly ReplicatedStateMachine<TMachine> _replicated =
            new(new SimulatedGroupClient(replica), machine, TimeSpan.FromMinutes(10));

        public override ICheckpointedStateMachine Machine => checkpoints;

        public override ulong StateDigest() => watched.StateDigest();

        public override ValueTask<ClientSession> OpenSessionAsync() => _replicated.OpenSessionAsync();

        // A session is an entry that the machine does not see.
        public override async ValueTask WriteAnythingAsync() =>
            await _replicated.OpenSessionAsync().ConfigureAwait(false);

        public override async ValueTask<ClientAnswer> ExecuteAsync(ClientCall call, int attempt)
        {
            SimulatedOperation<TMachine> operation = ((StateMachineRecord<TMachine>)call.Record).Operation;
            ClientAnswer answer = operation.Query is { } query
                ? await QueryAsync(call, query).ConfigureAwait(false)
                : await ProposeAsync(call, operation).ConfigureAwait(false);
            return answer.With(attempt, replica.Process.Node.Number);
        }

        private async ValueTask<ClientAnswer> QueryAsync(ClientCall call, Func<TMachine, HistoryValue> query)
        {
            HistoryValue value = await _replicated.QueryAsync(query).ConfigureAwait(false);
            if (replica.Group.Raft.Role != RaftRole.Leader)
            {
                replica.Process.Node.Cluster.Probes.Reached(Probe.ReadFromFollower);
            }

            return new ClientAnswer { Call = call, Kind = AnswerKind.Done, Value = value };
        }

        private async ValueTask<ClientAnswer> ProposeAsync(ClientCall call, SimulatedOperation<TMachine> operation)
        {
            StateMachineResult result = await _replicated.ProposeAsync(operation.Command, call.Request)
                .ConfigureAwait(false);
            if (result.Outcome != WriteOutcome.Committed)
            {
                return StoreCalls.Undone(replica.Process.Node.Cluster, call, result.Outcome, result.Reason);
            }

            replica.Of.Oracle.Acknowledged(result.Id);
            return new ClientAnswer
            {
                Call = call,
                Kind = AnswerKind.Done,
                Version = result.Id.Index.Value,
                Value = operation.ResultOf is { } resultOf ? resultOf(result.Result) : operation.Argument,
            };
        }
    }
}
