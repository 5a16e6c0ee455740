using System.Text;
using Replication.StateMachines;
using Replication.Testing.Checkers;
using Replication.Testing.Histories;
using Replication.Testing.Simulation.Randomness;
using Replication.Testing.Simulation.Workloads;

namespace Replication.Testing.Simulation.Subjects;

/// <summary>An operation on a user's state machine.</summary>
internal sealed class StateMachineRecord<TMachine> : StateMachineRecord
    where TMachine : IStateMachine
{
    public required SimulatedOperation<TMachine> Operation { get; init; }

    public override OperationKind Kind => Operation.Query is null ? OperationKind.Command : OperationKind.Query;

    public override string F => Operation.F;

    public override HistoryValue HistoryKey => Operation.Key;

    public override HistoryValue Argument => Operation.Argument;

    public override string ToString() => Operation.ToString();
}

/// <summary>The clients of a user's state machine.</summary>
internal sealed class StateMachineClients<TMachine> : ClientWorkload
    where TMachine : IStateMachine
{
    // Above the numbers of operations, so that no two operations have the same numbers.
    private const int UniqueShift = 40;
    private readonly StateMachineWorkload<TMachine> _workload;
    private readonly CallScript? _script;
    private readonly Queue<SimulatedOperation<TMachine>> _final = new();
    private long _finalNumber;

    public StateMachineClients(SimulatedCluster cluster, StateMachineWorkload<TMachine> workload, CallScript? script)
        : base(cluster, script)
    {
        _workload = workload;
        _script = script;
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

    protected override OperationRecord? Draw(SimulatedClient client)
    {
        if (_script is not null)
        {
            return _script.Next(client) is { } call ? New(client, Draw(client, call.Number), call) : null;
        }

        if (Records.Count >= Cluster.Config.OperationsMax)
        {
            return null;
        }

        long number = client.NextNumber();
        return New(client, Draw(client, number), number);
    }

    protected override OperationRecord? DrawFinal(SimulatedClient client) =>
        _final.TryDequeue(out SimulatedOperation<TMachine>? operation)
            ? New(client, operation, --_finalNumber) : null;

    protected override void Learned(SimulatedClient client, OperationRecord record, ClientAnswer answer)
    {
        StateMachineRecord<TMachine> ended = (StateMachineRecord<TMachine>)record;
        ended.ResultValue = answer.Value;
        Cluster.Note(StateHash.Of(Encoding.UTF8.GetBytes(answer.Value.ToString())));
        _workload.Learned(client.Index, ended.Operation, answer.Value);
    }

    private SimulatedOperation<TMachine> Draw(SimulatedClient client, long number)
    {
        long calls = 0;
        RandomStream random = new(Cluster.Config.Seed, RandomPurpose.Operation, number);
        return _workload.Draw(new WorkloadRandom(random, client.Index, () => (calls++ << UniqueShift) + number));
    }

    private StateMachineRecord<TMachine> New(
        SimulatedClient client, SimulatedOperation<TMachine> operation, long number) =>
        New(client, operation, new PlannedCall(
            number, client.NextAt, client.Index, client.WantsSession, OperationKind.Own, 0, 0, 0, []));

    private StateMachineRecord<TMachine> New(
        SimulatedClient client, SimulatedOperation<TMachine> operation, PlannedCall call) => new()
    {
        Process = client.Process,
        Plan = call,
        Operation = operation,
        InvokedAt = Cluster.Now,
        InvocationIndex = NextIndex(),
    };
}
