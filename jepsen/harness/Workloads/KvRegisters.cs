using Replication.Kv;
using Replication.Primitives;
using Replication.Testing.Histories;
using static Harness.Workloads.Keys;

namespace Harness.Workloads;

/// <summary>Keys of a KvNode cluster.</summary>
/// <param name="level">The level of reads.</param>
internal sealed class KvRegisters(ReadConsistency level) : IRegisters
{
    /// <inheritdoc/>
    public async Task<Answer> ReadAsync(WorkloadClient client, string key, CancellationToken cancellationToken)
    {
        KeyValueReadResult result =
            await client.Store.GetAsync(Bytes(key), level, cancellationToken).ConfigureAwait(false);
        return Answer.Of(result, result.Found ? Number(result.Value) : HistoryValue.Null);
    }

    /// <inheritdoc/>
    public async Task<Receipt> WriteAsync(
        WorkloadClient client, string key, long value, CancellationToken cancellationToken) => Receipt.Of(
            await client.Store.PutAsync(Bytes(key), Bytes(value), cancellationToken: cancellationToken)
                .ConfigureAwait(false),
            _ => value);

    /// <inheritdoc/>
    public async Task<Receipt> CompareAndSetAsync(
        WorkloadClient client, string key, HistoryValue expected, long value, CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte>? before = expected.IsNull ? default(ReadOnlyMemory<byte>?) : Bytes(expected.Number);
        KeyValueWriteResult result = await client.Store
            .CompareAndSetAsync(Bytes(key), before, Bytes(value), cancellationToken: cancellationToken)
            .ConfigureAwait(false);
        return Receipt.Of(result, r => r.Outcome == WriteOutcome.Committed
            ? HistoryValue.FromList(expected, value) : HistoryValue.FromBoolean(false));
    }
}
