using System.Globalization;
using Replication.Testing.Histories;

namespace Harness.Workloads;

/// <summary>Registers with reads, writes and compare-and-set; every value is written once at most. A key is left
/// behind after so many operations, so that each has a short history of its own.</summary>
/// <param name="registers">The registers; where their reads may be old, the checker must object.</param>
internal sealed class RegisterWorkload(IRegisters registers) : IWorkload
{
    private const int Places = 8;
    private const int OperationsPerKey = 300;
    private readonly long[] _operations = new long[Places];
    private long _lastValue;

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

    private Task ReadAsync(WorkloadClient client, string key, CancellationToken cancellationToken) => client.ReadAsync(
        "read", HistoryValue.FromText(key), () => registers.ReadAsync(client, key, cancellationToken));

    private Task WriteAsync(WorkloadClient client, string key, long value, CancellationToken cancellationToken) =>
        client.WriteAsync(
            "write", HistoryValue.FromText(key), value,
            () => registers.WriteAsync(client, key, value, cancellationToken));

    // What it demands is what the client reads just before: it holds often, and often not.
    private async Task CompareAndSetAsync(
        WorkloadClient client, string key, long value, CancellationToken cancellationToken)
    {
        HistoryValue? seen = null;
        await client.ReadAsync("read", HistoryValue.FromText(key), async () =>
        {
            Answer answer = await registers.ReadAsync(client, key, cancellationToken).ConfigureAwait(false);
            seen = answer.Value;
            return answer;
        }).ConfigureAwait(false);
        if (seen is { } expected)
        {
            await client.WriteAsync(
                "cas", HistoryValue.FromText(key), HistoryValue.FromList(expected, value),
                () => registers.CompareAndSetAsync(client, key, expected, value, cancellationToken))
                .ConfigureAwait(false);
        }
    }

    private static string KeyOf(int place, long epoch) =>
        string.Create(CultureInfo.InvariantCulture, $"r{place}-{epoch}");
}
