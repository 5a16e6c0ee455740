using Replication.Testing.Checkers;
using Replication.Testing.Simulation.Probes;
using Replication.Testing.Simulation.Randomness;

namespace Replication.Testing.Simulation.Workloads;

/// <summary>Clients of the key-value store: registers, a counter, and lists in transactions.</summary>
internal sealed class KeyValueWorkload : ClientWorkload
{
    private readonly int[] _listSteps;
    private readonly int[] _listEpochs;
    private readonly Dictionary<int, int> _elements = [];
    private readonly Dictionary<int, (long Version, long Index)> _newest = [];
    private long _lastValue;
    private int _finalStep;

    public KeyValueWorkload(SimulatedCluster cluster)
        : base(cluster)
    {
        _listSteps = new int[cluster.Config.ListKeys];
        _listEpochs = new int[cluster.Config.ListKeys];
    }

    protected override bool HasDrawnFinal => _finalStep > FinalSteps;

    private int FinalSteps => Cluster.Config.RegisterKeys + Cluster.Config.ListKeys;

    public override IEnumerable<(string Rule, Verdict Verdict)> Verdicts() => HistoryVerdicts.Of(Records);

    protected override OperationRecord? Draw(SimulatedClient client)
    {
        RandomStream random = client.Random;
        int kind = random.Below(100);
        int key = random.Below(Cluster.Config.RegisterKeys);
        return kind switch
        {
            < 30 => New(client, OperationKind.Read, key),
            < 36 => New(client, OperationKind.ReadPrefix, key),
            < 56 => New(client, OperationKind.Write, key, ++_lastValue),
            < 70 => New(client, OperationKind.CompareAndSet, key, ++_lastValue, client.Seen.GetValueOrDefault(key)),
            < 74 => New(client, OperationKind.Increment, 0),
            < 77 => New(client, OperationKind.ReadCounter, 0),
            _ => New(client, OperationKind.Transaction, 0, steps: DrawSteps(random)),
        };
    }

    protected override void Learned(SimulatedClient client, OperationRecord record, ClientAnswer answer)
    {
        Learn(client, record);
        NoteVersion(record);
    }

    private void NoteVersion(OperationRecord record)
    {
        (long version, long index) = _newest.GetValueOrDefault(record.Key);
        switch (record.Kind)
        {
            case OperationKind.Write or OperationKind.CompareAndSet when record.Held && record.Version > version:
                _newest[record.Key] = (record.Version, record.CompletionIndex);
                break;
            case OperationKind.Read when index > record.InvocationIndex:
                Cluster.Probes.Reached(Probe.ReadOverlapsWrite);
                break;
            case OperationKind.ReadPrefix when record.Version < version && index < record.InvocationIndex:
                Cluster.Probes.Reached(Probe.StaleRead);
                break;
            default:
                break;
        }
    }

    private void Learn(SimulatedClient client, OperationRecord record)
    {
        switch (record.Kind)
        {
            case OperationKind.Read or OperationKind.ReadPrefix:
                client.Seen[record.Key] = record.Result;
                break;
            case OperationKind.Write:
                client.Seen[record.Key] = record.Value;
                break;
            case OperationKind.CompareAndSet when record.Held:
                client.Seen[record.Key] = record.Value;
                break;
            case OperationKind.CompareAndSet:
                Cluster.Probes.Reached(Probe.CompareAndSetFailed);
                client.Seen.Remove(record.Key);
                break;
            case OperationKind.Transaction:
                Cluster.Probes.Reached(Probe.TransactionCommitted);
                break;
            default:
                break;
        }
    }

    protected override OperationRecord? DrawFinal(SimulatedClient client)
    {
        int step = _finalStep++;
        if (step > FinalSteps)
        {
            return null;
        }

        int list = step - 1 - Cluster.Config.RegisterKeys;
        return step == 0 ? New(client, OperationKind.ReadCounter, 0)
            : list < 0 ? New(client, OperationKind.Read, step - 1)
            : New(client, OperationKind.Transaction, 0,
                steps: [new ListStep((_listEpochs[list] * Cluster.Config.ListKeys) + list, 0)]);
    }

    private OperationRecord New(
        SimulatedClient client, OperationKind kind, int key, long value = 0, long expected = 0,
        IReadOnlyList<ListStep>? steps = null) => new()
    {
        Process = client.Process,
        Kind = kind,
        Key = key,
        Value = value,
        Expected = expected,
        Steps = steps ?? [],
        InvokedAt = Cluster.Now,
        InvocationIndex = NextIndex(),
    };

    // A list that has become long is left behind: every read returns all of it.
    private ListStep[] DrawSteps(RandomStream random)
    {
        ListStep[] steps = new ListStep[1 + random.Below(3)];
        for (int i = 0; i < steps.Length; i++)
        {
            int place = random.Below(Cluster.Config.ListKeys);
            if (++_listSteps[place] > Cluster.Config.ListLengthMax)
            {
                _listSteps[place] = 0;
                _listEpochs[place]++;
            }

            int key = (_listEpochs[place] * Cluster.Config.ListKeys) + place;
            bool isAppend = random.Below(2) == 0;
            steps[i] = new ListStep(key, isAppend ? NextElement(key) : 0);
        }

        return steps;
    }

    private int NextElement(int key)
    {
        int element = _elements.GetValueOrDefault(key) + 1;
        _elements[key] = element;
        return element;
    }
}
