using Replication.Testing.Histories;
using Replication.Testing.Simulation.Nodes;
using Replication.Testing.Simulation.Probes;

namespace Replication.Testing.Simulation.Workloads;

/// <summary>What the clients do, and what became of it.</summary>
internal sealed class Workload
{
    private readonly SimulatedCluster _cluster;
    private readonly CallDraw _draw;
    private readonly CallScript? _script;
    private readonly Queue<PlannedCall> _final = new();
    private readonly List<SimulatedClient> _clients = [];
    private readonly List<OperationRecord> _records = [];
    private readonly Dictionary<int, (long Version, long Index)> _newest = [];
    private long _index;
    private bool _isFinal;

    public Workload(SimulatedCluster cluster, IReadOnlyList<PlannedCall>? calls)
    {
        _cluster = cluster;
        _draw = new CallDraw(cluster.Config);
        _script = calls is null ? null : new CallScript(calls, cluster.Config.Clients);
        for (int i = 0; i < cluster.Config.Clients; i++)
        {
            _clients.Add(new SimulatedClient(cluster, this, i, _script?.WantsSession(i)));
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
    public bool HasReadAll => _isFinal && _final.Count == 0 && IsIdle;

    public void Begin()
    {
        foreach (SimulatedClient client in _clients)
        {
            long drawn = 300_000_000 + client.Random.Below(500_000_000L);
            client.Begin(Math.Min(drawn, _script?.NextAt(client.Index) ?? drawn));
        }
    }

    public void Stop() => IsStopped = true;

    /// <summary>Has one client read everything that was touched once more.</summary>
    public void BeginFinalReads()
    {
        _isFinal = true;
        foreach (PlannedCall read in FinalReads.Of(_records, _cluster.Config.ListKeys))
        {
            _final.Enqueue(read);
        }

        _clients[0].Begin(_cluster.Now);
    }

    public void ProcessEnded(SimulatedNode node)
    {
        foreach (SimulatedClient client in _clients)
        {
            client.ProcessEnded(node.Number);
        }
    }

    /// <summary>Gets the next operation of a client.</summary>
    /// <returns>Null if there is none now.</returns>
    public OperationRecord? Draw(SimulatedClient client)
    {
        if (Next(client) is not { } call)
        {
            return null;
        }

        OperationRecord record = new()
        {
            Process = client.Process,
            Plan = call,
            InvokedAt = _cluster.Now,
            InvocationIndex = ++_index,
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

        // A client without any more of its prescribed operations still asks: that it does is part of the schedule.
        long mean = 1_000_000_000L * _cluster.Config.Clients / _cluster.Config.OperationsPerSecond;
        return _script?.NextAt(client.Index) ?? _cluster.Now + client.Random.Exponential(mean);
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

    private PlannedCall? Next(SimulatedClient client)
    {
        if (_isFinal)
        {
            return client.Index == 0 && _final.TryDequeue(out PlannedCall? read) ? read : null;
        }

        if (IsStopped)
        {
            return null;
        }

        return _script is not null ? _script.Next(client)
            : _records.Count < _cluster.Config.OperationsMax ? _draw.Next(client)
            : null;
    }
}
