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
    private SimulatedOperation<TMachine>[]? _final;
    private int _finalStep;
    private long _unique;

    public StateMachineClients(SimulatedCluster cluster, StateMachineWorkload<TMachine> workload)
        : base(cluster)
    {
        _workload = workload;
    }

    protected override bool HasDrawnFinal => _final is not null && _finalStep >= _final.Length;

    public override IEnumerable<(string Rule, Verdict Verdict)> Verdicts() =>
        [("history", _workload.Check(History.FromEvents(StateMachineHistory.EventsOf(Records))))];

    protected override OperationRecord Draw(SimulatedClient client) =>
        New(client, _workload.Draw(RandomOf(client)));

    protected override OperationRecord? DrawFinal(SimulatedClient client)
    {
        _final ??= [.. _workload.FinalOperations()];
        return _finalStep < _final.Length ? New(client, _final[_finalStep++]) : null;
    }

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

    private StateMachineRecord<TMachine> New(SimulatedClient client, SimulatedOperation<TMachine> operation) => new()
    {
        Process = client.Process,
        Kind = operation.Query is null ? OperationKind.Command : OperationKind.Query,
        Operation = operation,
        InvokedAt = Cluster.Now,
        InvocationIndex = NextIndex(),
    };
}
