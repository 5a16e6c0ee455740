using Replication.Testing.Checkers;
using Replication.Testing.Histories;
using Replication.Testing.Simulation.Probes;

namespace Replication.Testing.Simulation.Workloads;

/// <summary>Clients of the key-value store: registers, a counter, and lists in transactions.</summary>
internal sealed class KeyValueWorkload : ClientWorkload
{
    private readonly CallDraw _draw;
    private readonly CallScript? _script;
    private readonly Queue<PlannedCall> _final = new();
    private readonly Dictionary<int, (long Version, long Index)> _newest = [];

    public KeyValueWorkload(SimulatedCluster cluster, CallScript? script)
        : base(cluster, script)
    {
        _draw = new CallDraw(cluster.Config);
        _script = script;
    }

    protected override bool HasDrawnFinal => _final.Count == 0;

    public override IEnumerable<(string Rule, Verdict Verdict)> Verdicts()
    {
        NoteUnknownWrites();
        return HistoryVerdicts.Of(Records, Cluster.Config.Groups);
    }

    // Everything that was touched is read once more.
    protected override void PrepareFinal()
    {
        foreach (PlannedCall read in FinalReads.Of(Records, Cluster.Config))
        {
            _final.Enqueue(read);
        }
    }

    protected override OperationRecord? Draw(SimulatedClient client)
    {
        PlannedCall? call = _script is not null ? _script.Next(client)
            : Records.Count < Cluster.Config.OperationsMax ? _draw.Next(client)
            : null;
        return call is null ? null : New(client, call);
    }

    protected override OperationRecord? DrawFinal(SimulatedClient client) =>
        _final.TryDequeue(out PlannedCall? read) ? New(client, read) : null;

    protected override void Learned(SimulatedClient client, OperationRecord record, ClientAnswer answer)
    {
        Learn(client, record);
        NoteVersion(record);
    }

    private OperationRecord New(SimulatedClient client, PlannedCall call) => new()
    {
        Process = client.Process,
        Plan = call,
        InvokedAt = Cluster.Now,
        InvocationIndex = NextIndex(),
    };

    // Writes whose outcome their client never learned, and that somebody read all the same.
    private void NoteUnknownWrites()
    {
        HashSet<long> unknown = [.. Records
            .Where(record => record.Outcome == HistoryEventType.Info && record.Value > 0)
            .Select(record => record.Value)];
        foreach (OperationRecord record in Records)
        {
            if (record.Kind is OperationKind.Read or OperationKind.ReadPrefix && unknown.Remove(record.Result))
            {
                Cluster.Probes.Reached(Probe.UnknownWriteSeen);
            }
        }
    }

    private void NoteVersion(OperationRecord record)
    {
        (long version, long index) = _newest.GetValueOrDefault(record.Key);
        switch (record.Kind)
        {
            case OperationKind.Write or OperationKind.CompareAndSet or OperationKind.Delete
                when record.Held && record.Version > version:
                _newest[record.Key] = (record.Version, record.CompletionIndex);
                break;
            case OperationKind.Read when index > record.InvocationIndex:
                Cluster.Probes.Reached(Probe.ReadOverlapsWrite);
                break;
            case OperationKind.ReadPrefix when record.Applied < version && index < record.InvocationIndex:
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
            case OperationKind.Delete:
                Cluster.Probes.Reached(Probe.KeyDeleted);
                client.Seen[record.Key] = 0;
                break;
            case OperationKind.Scan or OperationKind.ScanPrefix when record.Scanned.Count > 1:
                Cluster.Probes.Reached(Probe.ScanOfSeveral);
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
}
