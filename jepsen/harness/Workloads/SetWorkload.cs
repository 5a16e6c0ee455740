using System.Globalization;
using Replication.Kv;
using Replication.Testing.Histories;
using static Harness.Workloads.Keys;

namespace Harness.Workloads;

/// <summary>Sets whose elements are keys with a common beginning; a scan reads one. Every element is added once, and a
/// set is left behind when it is full.</summary>
/// <param name="level">The level of its scans; below linearizable the checker must object.</param>
internal sealed class SetWorkload(ReadConsistency level) : IWorkload
{
    private const int ElementsPerSet = 150;
    private const int ItemsMax = ElementsPerSet * 2;
    private long _adds;

    /// <inheritdoc/>
    public string Model => "set";

    /// <inheritdoc/>
    public Task StepAsync(WorkloadClient client, CancellationToken cancellationToken)
    {
        if (client.Random.Next(0, 2) == 0)
        {
            return ReadAsync(client, Interlocked.Read(ref _adds) / ElementsPerSet, cancellationToken);
        }

        long element = Interlocked.Increment(ref _adds);
        string set = NameOf(element / ElementsPerSet);
        return client.WriteAsync(
            "add", HistoryValue.FromText(set), element,
            () => client.Store.PutAsync(
                Bytes(string.Create(CultureInfo.InvariantCulture, $"{set}-{element:d9}")), Bytes("1"),
                cancellationToken: cancellationToken),
            _ => element);
    }

    /// <inheritdoc/>
    public async Task ReadAllAsync(WorkloadClient client, CancellationToken cancellationToken)
    {
        for (long number = 0; number <= Interlocked.Read(ref _adds) / ElementsPerSet; number++)
        {
            await ReadAsync(client, number, cancellationToken).ConfigureAwait(false);
        }
    }

    private Task ReadAsync(WorkloadClient client, long number, CancellationToken cancellationToken)
    {
        string set = NameOf(number);
        return client.ReadAsync("read", HistoryValue.FromText(set), async () =>
        {
            IReadOnlyList<KeyValueItem> items = await client.Store.ScanAsync(
                Bytes($"{set}-"), Bytes($"{set}."), ItemsMax, level, cancellationToken).ConfigureAwait(false);
            return new Answer(HistoryValue.FromList(
                [.. items.Select(item => (HistoryValue)Number(Text(item.Key)[(set.Length + 1)..]))]));
        });
    }

    private static string NameOf(long number) => string.Create(CultureInfo.InvariantCulture, $"s{number}");
}
