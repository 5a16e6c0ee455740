using Replication.Kv;
using Replication.Primitives;
using Replication.Raft.Primitives;
using Replication.Testing.Simulation.Nodes;
using Replication.Testing.Simulation.Probes;

namespace Replication.Testing.Simulation.Workloads;

/// <summary>Executes the operations of clients at the production store of a node.</summary>
internal static class StoreCalls
{
    public static async ValueTask<ClientAnswer> ExecuteAsync(
        GroupReplica replica, KeyValueStore store, ClientCall call, int attempt)
    {
        OperationRecord record = call.Record;
        SimulatedCluster cluster = replica.Process.Node.Cluster;
        ClientAnswer answer;
        if (record.IsWrite)
        {
            KeyValueWriteResult written = await WriteAsync(store, record, call, cluster.Config.PaddingBytes)
                .ConfigureAwait(false);
            answer = AnswerOf(replica, call, written);
        }
        else if (record.IsPrefixRead)
        {
            answer = await ReadAsync(store, call, ReadConsistency.ConsistentPrefix).ConfigureAwait(false);
        }
        else
        {
            replica.Of.Scenarios.ReadBegins(replica);
            answer = await ReadAsync(store, call, ReadConsistency.Linearizable).ConfigureAwait(false);
            if (replica.Group.Raft.Role != RaftRole.Leader)
            {
                cluster.Probes.Reached(Probe.ReadFromFollower);
            }
        }

        return answer.With(attempt, replica.Process.Node.Number);
    }

    /// <summary>Makes the answer to a write that was not executed, or of which nobody knows.</summary>
    public static ClientAnswer Undone(
        SimulatedCluster cluster, ClientCall call, WriteOutcome outcome, RejectReason reason)
    {
        if (outcome != WriteOutcome.Rejected)
        {
            cluster.Probes.Reached(Probe.WriteIndeterminate);
            return new ClientAnswer { Call = call, Kind = AnswerKind.Unknown };
        }

        cluster.Probes.Reached(Probe.WriteRejected);
        if (reason == RejectReason.LogFull)
        {
            cluster.Probes.Reached(Probe.LogFull);
        }

        return new ClientAnswer
        {
            Call = call,
            Kind = reason is RejectReason.SessionExpired or RejectReason.SequenceOutOfWindow
                ? AnswerKind.SessionGone : AnswerKind.NotDone,
            Reason = reason,
        };
    }

    private static async ValueTask<ClientAnswer> ReadAsync(
        KeyValueStore store, ClientCall call, ReadConsistency consistency)
    {
        OperationRecord record = call.Record;
        if (record.Kind is OperationKind.Scan or OperationKind.ScanPrefix)
        {
            IReadOnlyList<KeyValueItem> items = await store.ScanAsync(KeyValueForms.RegistersFrom,
                KeyValueForms.RegistersTo, (int)record.Value, consistency).ConfigureAwait(false);
            return new ClientAnswer { Call = call, Kind = AnswerKind.Done, Scanned = Registers(items) };
        }

        bool isCounter = record.Kind == OperationKind.ReadCounter;
        ReadOnlyMemory<byte> key = isCounter
            ? KeyValueForms.CounterKey(record.Key) : KeyValueForms.RegisterKey(record.Key);
        KeyValueReadResult read = await store.GetAsync(key, consistency).ConfigureAwait(false);
        return new ClientAnswer
        {
            Call = call,
            Kind = AnswerKind.Done,
            Result = isCounter ? read.Value.Length : KeyValueForms.RegisterValue(read.Found, read.Value.Span),
            Version = read.Version.Value,
            Applied = read.AppliedId.Index.Value,
        };
    }

    private static ScannedRegister[] Registers(IReadOnlyList<KeyValueItem> items)
    {
        ScannedRegister[] registers = new ScannedRegister[items.Count];
        for (int i = 0; i < registers.Length; i++)
        {
            KeyValueItem item = items[i];
            registers[i] = new ScannedRegister(KeyValueForms.RegisterNumber(item.Key.Span),
                KeyValueForms.RegisterValue(true, item.Value.Span), item.Version.Value);
        }

        return registers;
    }

    private static ValueTask<KeyValueWriteResult> WriteAsync(
        KeyValueStore store, OperationRecord record, ClientCall call, int padding)
    {
        switch (record.Kind)
        {
            case OperationKind.Write:
                return store.PutAsync(KeyValueForms.RegisterKey(record.Key),
                    KeyValueForms.RegisterValue(record.Value, padding), call.Request);
            case OperationKind.Delete:
                return store.DeleteAsync(KeyValueForms.RegisterKey(record.Key), call.Request);
            case OperationKind.CompareAndSet:
                // A bare null would be taken for an array, and that for an empty value.
                ReadOnlyMemory<byte>? expected = record.Expected == 0
                    ? default(ReadOnlyMemory<byte>?)
                    : KeyValueForms.RegisterValue(record.Expected, padding);
                return store.CompareAndSetAsync(KeyValueForms.RegisterKey(record.Key), expected,
                    KeyValueForms.RegisterValue(record.Value, padding), call.Request);
            case OperationKind.Increment:
                return store.AppendAsync(KeyValueForms.CounterKey(record.Key), KeyValueForms.OneByte, call.Request);
            default:
                return store.WriteAsync(KeyValueForms.Transaction(record.Steps), call.Request);
        }
    }

    private static ClientAnswer AnswerOf(GroupReplica replica, ClientCall call, in KeyValueWriteResult written)
    {
        switch (written.Outcome)
        {
            case WriteOutcome.Committed or WriteOutcome.ConditionFailed:
                replica.Of.Oracle.Acknowledged(written.Id);
                return new ClientAnswer
                {
                    Call = call,
                    Kind = written.Outcome == WriteOutcome.Committed ? AnswerKind.Done : AnswerKind.ConditionFailed,
                    Version = written.Id.Index.Value,
                    Seen = call.Record.Kind == OperationKind.Transaction ? SeenBy(call.Record, written) : [],
                };
            default:
                return Undone(replica.Process.Node.Cluster, call, written.Outcome, written.Reason);
        }
    }

    private static IReadOnlyList<int>?[] SeenBy(OperationRecord record, in KeyValueWriteResult written)
    {
        IReadOnlyList<int>?[] seen = new IReadOnlyList<int>?[record.Steps.Count];
        for (int i = 0; i < seen.Length && i < written.Operations.Count; i++)
        {
            seen[i] = record.Steps[i].IsAppend ? null : KeyValueForms.Elements(written.Operations[i].Value.Span);
        }

        return seen;
    }
}
