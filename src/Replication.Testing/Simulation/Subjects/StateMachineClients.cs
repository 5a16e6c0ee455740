using System.Text;
using Replication.StateMachines;
using Replication.Testing.Checkers;
using Replication.Testing.Histories;
using Replication.Testing.Simulation.Workloads;

namespace Replication.Testing.Simulation.Subjects;

/// <summary>An operation on a user's state machine.</summary>
internal sealed class StateMachineRecord<TMachine> : StateMachineRecord
    where TMachine : IStateMachine
{
    public required SimulatedOperation<TMachine> Operation { get; init; }

    public override string F => Operation.F;

    public override HistoryValue HistoryKey => Operation.Key;

    public override HistoryValue Argument => Operation.Argument;

    public override string ToString() => Operation.ToString();
}

/// <summary>The clients of a user's state machine.</summary>
internal sealed class StateMachineClients<TMachine> : ClientWorkload
    where TMachine : IStateMachine
{
    private readonly StateMachineWorkload<TMachine> _workload;
    private readonly Dictionary<SimulatedClient, WorkloadRandom> _randoms = [];
    private readonly Queue<SimulatedOperation<TMachine>> _final = new();
    private long _finalNumber;
    private long _unique;

    public StateMachineClients(SimulatedCluster cluster, StateMachineWorkload<TMachine> workload)
        : base(cluster)
    {
        _workload = workload;
    }

    protected override bool HasDrawnFinal => _final.Count == 0;

    public override IEnumerable<(string Rule, Verdict Verdict)> Verdicts() =>
        [("history", _workload.Check(History.FromEvents(StateMachineHistory.EventsOf(Records))))];

    protected override void PrepareFinal()
    {
        foreach (SimulatedOperation<TMachine> operation in _workload.FinalOperations())
        {
            _final.Enqueue(operation);
        }
    }

    protected override OperationRecord? Draw(SimulatedClient client) =>
        Records.Count < Cluster.Config.OperationsMax
            ? New(client, _workload.Draw(RandomOf(client)), client.NextNumber()) : null;

    protected override OperationRecord? DrawFinal(SimulatedClient client) =>
        _final.TryDequeue(out SimulatedOperation<TMachine>? operation)
            ? New(client, operation, --_finalNumber) : null;

    protected override void Learned(SimulatedClient client, OperationRecord record, ClientAnswer answer)
    {
        StateMachineRecord<TMachine> ended = (StateMachineRecord<TMachine>)record;
        ended.ResultValue = answer.Value;
        Cluster.Note(StateHash.Of(Encoding.UTF8.GetBytes(answer.Value.ToString())));
        _workload.Learned(RandomOf(client).Client, ended.Operation, answer.Value);
    }

    private WorkloadRandom RandomOf(SimulatedClient client)
    {
        if (!_randoms.TryGetValue(client, out WorkloadRandom? random))
        {
            random = new WorkloadRandom(client.Random, client.Index, () => ++_unique);
            _randoms.Add(client, random);
        }

        return random;
    }

    private StateMachineRecord<TMachine> New(
        SimulatedClient client, SimulatedOperation<TMachine> operation, long number) => new()
    {
        Process = client.Process,
        Plan = new PlannedCall(
            number, client.NextAt, client.Index, client.WantsSession,
            operation.Query is null ? OperationKind.Command : OperationKind.Query, 0, 0, 0, []),
        Operation = operation,
        InvokedAt = Cluster.Now,
        InvocationIndex = NextIndex(),
    };
}
