using System.Globalization;
using Replication.Kv;
using Replication.Primitives;
using Replication.Testing.Histories;
using static Harness.Workloads.Keys;

namespace Harness.Workloads;

/// <summary>Registers with reads, writes and compare-and-set; every value is written once at most. A key is left
/// behind after so many operations, so that each has a short history of its own.</summary>
/// <param name="level">The level of its reads; below linearizable the checker must object.</param>
internal sealed class RegisterWorkload(ReadConsistency level) : IWorkload
{
    private const int Places = 8;
    private const int OperationsPerKey = 300;
    private readonly long[] _operations = new long[Places];
    private long _lastValue;

    /// <inheritdoc/>
    public string Name => "register";

    /// <inheritdoc/>
    public string Model => "cas-register";

    /// <inheritdoc/>
    public Task StepAsync(WorkloadClient client, CancellationToken cancellationToken)
    {
        int place = client.Random.Next(0, Places);
        long epoch = Interlocked.Increment(ref _operations[place]) / OperationsPerKey;
        string key = KeyOf(place, epoch);
        int kind = client.Random.Next(0, 100);
        if (kind < 40)
        {
            return ReadAsync(client, key, cancellationToken);
        }

        long value = Interlocked.Increment(ref _lastValue);
        return kind < 70
            ? WriteAsync(client, key, value, cancellationToken)
            : CompareAndSetAsync(client, key, value, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task ReadAllAsync(WorkloadClient client, CancellationToken cancellationToken)
    {
        for (int place = 0; place < Places; place++)
        {
            long epochs = Interlocked.Read(ref _operations[place]) / OperationsPerKey;
            for (long epoch = 0; epoch <= epochs; epoch++)
            {
                await ReadAsync(client, KeyOf(place, epoch), cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private Task ReadAsync(WorkloadClient client, string key, CancellationToken cancellationToken) =>
        client.ReadAsync("read", HistoryValue.FromText(key), async () =>
        {
            KeyValueReadResult result =
                await client.Store.GetAsync(Bytes(key), level, cancellationToken).ConfigureAwait(false);
            return Answer.Of(result, result.Found ? Number(result.Value) : HistoryValue.Null);
        });

    private static Task WriteAsync(
        WorkloadClient client, string key, long value, CancellationToken cancellationToken) =>
        client.WriteAsync(
            "write", HistoryValue.FromText(key), value,
            () => client.Store.PutAsync(Bytes(key), Bytes(value), cancellationToken: cancellationToken), _ => value);

    // What it demands is what the client reads just before: it holds often, and often not.
    private async Task CompareAndSetAsync(
        WorkloadClient client, string key, long value, CancellationToken cancellationToken)
    {
        HistoryValue seen = HistoryValue.Null;
        bool hasSeen = false;
        await client.ReadAsync("read", HistoryValue.FromText(key), async () =>
        {
            KeyValueReadResult result =
                await client.Store.GetAsync(Bytes(key), level, cancellationToken).ConfigureAwait(false);
            seen = result.Found ? Number(result.Value) : HistoryValue.Null;
            hasSeen = true;
            return Answer.Of(result, seen);
        }).ConfigureAwait(false);
        if (!hasSeen)
        {
            return;
        }

        HistoryValue argument = HistoryValue.FromList(seen, value);
        ReadOnlyMemory<byte>? expected = seen.IsNull ? default(ReadOnlyMemory<byte>?) : Bytes(seen.Number);
        await client.WriteAsync(
            "cas", HistoryValue.FromText(key), argument,
            () => client.Store.CompareAndSetAsync(
                Bytes(key), expected, Bytes(value), cancellationToken: cancellationToken),
            result => result.Outcome == WriteOutcome.Committed ? argument : HistoryValue.FromBoolean(false))
            .ConfigureAwait(false);
    }

    private static string KeyOf(int place, long epoch) =>
        string.Create(CultureInfo.InvariantCulture, $"r{place}-{epoch}");
}
