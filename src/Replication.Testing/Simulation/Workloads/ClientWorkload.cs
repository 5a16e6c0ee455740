using Replication.Testing.Checkers;
using Replication.Testing.Histories;
using Replication.Testing.Simulation.Nodes;

namespace Replication.Testing.Simulation.Workloads;

/// <summary>What the clients do, and what became of it.</summary>
internal abstract class ClientWorkload
{
    private readonly List<SimulatedClient> _clients = [];
    private readonly List<OperationRecord> _records = [];
    private readonly CallScript? _script;
    private long _index;
    private bool _isFinal;

    protected ClientWorkload(SimulatedCluster cluster, CallScript? script = null)
    {
        Cluster = cluster;
        _script = script;
        ClientSessionSlot slot = new(cluster.Config.Groups);
        for (int i = 0; i < cluster.Config.Clients; i++)
        {
            slot = i % cluster.Config.ClientsPerSession == 0
                ? new ClientSessionSlot(cluster.Config.Groups) : slot;
            _clients.Add(new SimulatedClient(cluster, this, i, script?.WantsSession(i), slot));
        }
    }

    /// <summary>Gets all operations, in order of invocation.</summary>
    public IReadOnlyList<OperationRecord> Records => _records;

    /// <summary>Gets what each client that has no operation under way was about to do.</summary>
    public IReadOnlyList<PlannedCall> Waiting() =>
        [.. _clients.Select(client => client.Waiting()).OfType<PlannedCall>()];

    /// <summary>Gets a value indicating whether no new operations are started.</summary>
    public bool IsStopped { get; private set; }

    /// <summary>Gets a value indicating whether an operation that got no answer may be sent again.</summary>
    public bool MayRetry => !IsStopped || _isFinal;

    public bool IsIdle => _clients.TrueForAll(client => client.IsIdle);

    /// <summary>Gets a value indicating whether everything was read at the end.</summary>
    public bool HasReadAll => _isFinal && HasDrawnFinal && IsIdle;

    /// <summary>Gets a value indicating whether every operation of the end was drawn.</summary>
    protected abstract bool HasDrawnFinal { get; }

    protected SimulatedCluster Cluster { get; }

    /// <summary>Checks with every checker that the operations are made for.</summary>
    /// <returns>The verdicts, each with the name of what was checked.</returns>
    public abstract IEnumerable<(string Rule, Verdict Verdict)> Verdicts();

    public void Begin()
    {
        foreach (SimulatedClient client in _clients)
        {
            long drawn = 300_000_000 + client.Random.Below(500_000_000L);
            client.Begin(Math.Min(drawn, _script?.NextAt(client.Index) ?? drawn));
        }
    }

    public void Stop() => IsStopped = true;

    /// <summary>Has one client read everything once more.</summary>
    public void BeginFinalReads()
    {
        _isFinal = true;
        PrepareFinal();
        _clients[0].Begin(Cluster.Now);
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
    public OperationRecord? Next(SimulatedClient client)
    {
        OperationRecord? record = _isFinal ? (client.Index == 0 ? DrawFinal(client) : null)
            : IsStopped ? null
            : Draw(client);
        if (record is not null)
        {
            _records.Add(record);
        }

        return record;
    }

    /// <summary>Gets whether a client still has something to do before the end.</summary>
    public bool HasMore(SimulatedClient client) =>
        !IsStopped && (_script is null || _script.NextAt(client.Index) is not null);

    /// <summary>Gets when a client wants to begin its next operation.</summary>
    public long NextStart(SimulatedClient client)
    {
        if (_isFinal)
        {
            return Cluster.Now;
        }

        // A client without any more of its prescribed operations still asks: that it does is part of the schedule.
        long mean = 1_000_000_000L * Cluster.Config.Clients / Cluster.Config.OperationsPerSecond;
        return _script?.NextAt(client.Index) ?? Cluster.Now + client.Random.Exponential(mean);
    }

    /// <summary>Notes how an operation ended.</summary>
    public void Ended(SimulatedClient client, OperationRecord record, HistoryEventType outcome, ClientAnswer answer)
    {
        record.Outcome = outcome;
        record.CompletedAt = Cluster.Now;
        record.CompletionIndex = NextIndex();
        record.Held = answer.Kind != AnswerKind.ConditionFailed;
        record.Result = answer.Result;
        record.Version = answer.Version;
        record.Applied = answer.Applied;
        record.Scanned = answer.Scanned;
        record.Seen = answer.Seen;
        record.Node = answer.Node;
        if (outcome == HistoryEventType.Ok)
        {
            Learned(client, record, answer);
        }

        Cluster.Note(((ulong)outcome << 60) ^ (ulong)record.Result ^ ((ulong)record.Version << 20));
        if (Cluster.Trace is not null)
        {
            Cluster.Write($"client {client.Process} {record} {outcome} {record.Result} version {record.Version}");
        }
    }

    /// <summary>Gets the next place in the history.</summary>
    protected long NextIndex() => ++_index;

    /// <summary>The time of faults is over: finds out what is to be done at the end.</summary>
    protected abstract void PrepareFinal();

    /// <summary>Draws an operation of the time of faults.</summary>
    /// <returns>Null if there is none now.</returns>
    protected abstract OperationRecord? Draw(SimulatedClient client);

    /// <summary>Draws an operation of the end, when all replicas are equal.</summary>
    /// <returns>Null if there is none any more.</returns>
    protected abstract OperationRecord? DrawFinal(SimulatedClient client);

    /// <summary>A client got an answer.</summary>
    protected abstract void Learned(SimulatedClient client, OperationRecord record, ClientAnswer answer);
}
