using Replication.Testing.Histories;
using Replication.Testing.Simulation.Nodes;
using Replication.Testing.Simulation.Probes;
using Replication.Testing.Simulation.Randomness;

namespace Replication.Testing.Simulation.Workloads;

/// <summary>What the clients do, and what became of it.</summary>
internal sealed class Workload
{
    private readonly SimulatedCluster _cluster;
    private readonly List<SimulatedClient> _clients = [];
    private readonly List<OperationRecord> _records = [];
    private readonly int[] _listSteps;
    private readonly int[] _listEpochs;
    private readonly Dictionary<int, int> _elements = [];
    private readonly Dictionary<int, (long Version, long Index)> _newest = [];
    private long _index;
    private long _lastValue;
    private bool _isFinal;
    private int _finalStep;

    public Workload(SimulatedCluster cluster)
    {
        _cluster = cluster;
        _listSteps = new int[cluster.Config.ListKeys];
        _listEpochs = new int[cluster.Config.ListKeys];
        for (int i = 0; i < cluster.Config.Clients; i++)
        {
            _clients.Add(new SimulatedClient(cluster, this, i));
        }
    }

    /// <summary>Gets all operations, in order of invocation.</summary>
    public IReadOnlyList<OperationRecord> Records => _records;

    /// <summary>Gets a value indicating whether no new operations are started.</summary>
    public bool IsStopped { get; private set; }

    /// <summary>Gets a value indicating whether an operation that got no answer may be sent again.</summary>
    public bool MayRetry => !IsStopped || _isFinal;

    public bool IsIdle => _clients.TrueForAll(client => client.IsIdle);

    /// <summary>Gets a value indicating whether everything was read at the end.</summary>
    public bool HasReadAll => _isFinal && _finalStep > FinalSteps && IsIdle;

    private int FinalSteps => _cluster.Config.RegisterKeys + _cluster.Config.ListKeys;

    public void Begin()
    {
        foreach (SimulatedClient client in _clients)
        {
            client.Begin(300_000_000 + client.Random.Below(500_000_000L));
        }
    }

    public void Stop() => IsStopped = true;

    /// <summary>Has one client read everything once more.</summary>
    public void BeginFinalReads()
    {
        _isFinal = true;
        _clients[0].Begin(_cluster.Now);
    }

    public void ProcessEnded(SimulatedNode node)
    {
        foreach (SimulatedClient client in _clients)
        {
            client.ProcessEnded(node.Number);
        }
    }

    /// <summary>Draws the next operation of a client.</summary>
    /// <returns>Null if there is none any more.</returns>
    public OperationRecord? Draw(SimulatedClient client)
    {
        if (_isFinal)
        {
            return DrawFinal(client);
        }

        if (IsStopped || _records.Count >= _cluster.Config.OperationsMax)
        {
            return null;
        }

        RandomStream random = client.Random;
        int kind = random.Below(100);
        int key = random.Below(_cluster.Config.RegisterKeys);
        OperationRecord record = kind switch
        {
            < 30 => New(client, OperationKind.Read, key),
            < 36 => New(client, OperationKind.ReadPrefix, key),
            < 56 => New(client, OperationKind.Write, key, ++_lastValue),
            < 70 => New(client, OperationKind.CompareAndSet, key, ++_lastValue, client.Seen.GetValueOrDefault(key)),
            < 74 => New(client, OperationKind.Increment, 0),
            < 77 => New(client, OperationKind.ReadCounter, 0),
            _ => New(client, OperationKind.Transaction, 0, steps: DrawSteps(random)),
        };
        _records.Add(record);
        return record;
    }

    /// <summary>Gets when a client wants to begin its next operation.</summary>
    public long NextStart(SimulatedClient client)
    {
        if (_isFinal)
        {
            return _cluster.Now;
        }

        long mean = 1_000_000_000L * _cluster.Config.Clients / _cluster.Config.OperationsPerSecond;
        return _cluster.Now + client.Random.Exponential(mean);
    }

    /// <summary>Notes how an operation ended.</summary>
    public void Ended(SimulatedClient client, OperationRecord record, HistoryEventType outcome, ClientAnswer answer)
    {
        record.Outcome = outcome;
        record.CompletedAt = _cluster.Now;
        record.CompletionIndex = ++_index;
        record.Held = answer.Kind != AnswerKind.ConditionFailed;
        record.Result = answer.Result;
        record.Version = answer.Version;
        record.Seen = answer.Seen;
        record.Node = answer.Node;
        if (outcome == HistoryEventType.Ok)
        {
            Learn(client, record);
            NoteVersion(record);
        }

        _cluster.Note(((ulong)outcome << 60) ^ (ulong)record.Result ^ ((ulong)record.Version << 20));
        if (_cluster.Trace is not null)
        {
            _cluster.Write($"client {client.Process} {record.Kind} {record.Key} {record.Value} {outcome} "
                + $"{record.Result} version {record.Version}");
        }
    }

    /// <summary>Notes how many writes whose outcome their client never learned were read by somebody.</summary>
    public void NoteUnknownWrites()
    {
        HashSet<long> unknown = [.. _records
            .Where(record => record.Outcome == HistoryEventType.Info && record.Value > 0)
            .Select(record => record.Value)];
        foreach (OperationRecord record in _records)
        {
            if (record.Kind is OperationKind.Read or OperationKind.ReadPrefix && unknown.Remove(record.Result))
            {
                _cluster.Probes.Reached(Probe.UnknownWriteSeen);
            }
        }
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
                _cluster.Probes.Reached(Probe.ReadOverlapsWrite);
                break;
            case OperationKind.ReadPrefix when record.Version < version && index < record.InvocationIndex:
                _cluster.Probes.Reached(Probe.StaleRead);
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
                _cluster.Probes.Reached(Probe.CompareAndSetFailed);
                client.Seen.Remove(record.Key);
                break;
            case OperationKind.Transaction:
                _cluster.Probes.Reached(Probe.TransactionCommitted);
                break;
            default:
                break;
        }
    }

    private OperationRecord? DrawFinal(SimulatedClient client)
    {
        int step = _finalStep++;
        if (step > FinalSteps)
        {
            return null;
        }

        int list = step - 1 - _cluster.Config.RegisterKeys;
        OperationRecord record = step == 0 ? New(client, OperationKind.ReadCounter, 0)
            : list < 0 ? New(client, OperationKind.Read, step - 1)
            : New(client, OperationKind.Transaction, 0,
                steps: [new ListStep((_listEpochs[list] * _cluster.Config.ListKeys) + list, 0)]);
        _records.Add(record);
        return record;
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
        InvokedAt = _cluster.Now,
        InvocationIndex = ++_index,
    };

    // A list that has become long is left behind: every read returns all of it.
    private ListStep[] DrawSteps(RandomStream random)
    {
        ListStep[] steps = new ListStep[1 + random.Below(3)];
        for (int i = 0; i < steps.Length; i++)
        {
            int place = random.Below(_cluster.Config.ListKeys);
            if (++_listSteps[place] > _cluster.Config.ListLengthMax)
            {
                _listSteps[place] = 0;
                _listEpochs[place]++;
            }

            int key = (_listEpochs[place] * _cluster.Config.ListKeys) + place;
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
