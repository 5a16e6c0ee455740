using System.Globalization;
using Harness.Models;
using Replication.Kv;
using Replication.Primitives;
using Replication.Testing.Checkers;
using Replication.Testing.Checkers.Linearizability;
using Replication.Testing.Histories;
using static Harness.Workloads.Keys;

namespace Harness.Workloads;

/// <summary>Accounts between which money moves: a transfer is a batch that demands the balances which its client has
/// read. The sum over all accounts never changes.</summary>
/// <param name="level">The level of reads of all accounts; below linearizable the checker must object.</param>
/// <param name="isWhole">Whether a transfer is one batch; as two writes it must be found out.</param>
internal sealed class BankWorkload(ReadConsistency level, bool isWhole) : IWorkload
{
    private const int Accounts = 6;
    private const int Opening = 100;
    private const int TransfersPerBank = 150;
    private readonly Dictionary<long, Task> _openings = [];
    private long _transfers;

    /// <inheritdoc/>
    public string Model => "bank";

    /// <inheritdoc/>
    public async Task StepAsync(WorkloadClient client, CancellationToken cancellationToken)
    {
        long bank = Interlocked.Read(ref _transfers) / TransfersPerBank;
        await OpenAsync(client, bank, cancellationToken).ConfigureAwait(false);
        long[]? balances = await ReadAsync(client, bank, cancellationToken).ConfigureAwait(false);
        if (balances?.Length == 0)
        {
            // It could not be opened: the next one comes in time.
            Interlocked.Increment(ref _transfers);
        }
        else if (balances?.Length == Accounts && client.Random.Next(0, 2) == 0)
        {
            Interlocked.Increment(ref _transfers);
            await TransferAsync(client, bank, balances, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async Task ReadAllAsync(WorkloadClient client, CancellationToken cancellationToken)
    {
        for (long bank = 0; bank <= Interlocked.Read(ref _transfers) / TransfersPerBank; bank++)
        {
            await ReadAsync(client, bank, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public Verdict Check(History history) => Verdict.All(
        BankTotals.Check(history, Accounts * Opening), LinearizabilityChecker.Check(history, new BankModel()));

    // One client opens a bank, and the others wait; the batch that does it is an operation like others.
    private Task OpenAsync(WorkloadClient client, long bank, CancellationToken cancellationToken)
    {
        lock (_openings)
        {
            return _openings.TryGetValue(bank, out Task? opening) ? opening
                : _openings[bank] = OpenNowAsync(client, bank, cancellationToken);
        }
    }

    private static Task OpenNowAsync(WorkloadClient client, long bank, CancellationToken cancellationToken)
    {
        KeyValueBatch batch = new();
        for (int account = 0; account < Accounts; account++)
        {
            batch.Put(Bytes(KeyOf(bank, account)), Bytes(Opening));
        }

        HistoryValue balances = HistoryValue.FromList(
            [.. Enumerable.Repeat((HistoryValue)(long)Opening, Accounts)]);
        return client.WriteAsync(
            "open", BankOf(bank), balances,
            () => client.Store.WriteAsync(batch, cancellationToken: cancellationToken), _ => balances);
    }

    private async Task<long[]?> ReadAsync(WorkloadClient client, long bank, CancellationToken cancellationToken)
    {
        long[]? balances = null;
        await client.ReadAsync("read", BankOf(bank), async () =>
        {
            IReadOnlyList<KeyValueItem> items = await client.Store.ScanAsync(
                Bytes($"b{bank}-"), Bytes($"b{bank}."), Accounts * 2, level, cancellationToken)
                .ConfigureAwait(false);
            balances = [.. items.Select(item => Number(item.Value))];
            return new Answer(HistoryValue.FromList([.. balances.Select(balance => (HistoryValue)balance)]));
        }).ConfigureAwait(false);
        return balances;
    }

    private Task TransferAsync(
        WorkloadClient client, long bank, long[] balances, CancellationToken cancellationToken)
    {
        int from = client.Random.Next(0, Accounts);
        int to = (from + client.Random.Next(1, Accounts)) % Accounts;
        long amount = Math.Min(balances[from], client.Random.Next(1, 20));
        HistoryValue argument = HistoryValue.FromList(from, to, amount, balances[from], balances[to]);
        KeyValueBatch debit = Change(new KeyValueBatch(), bank, from, balances[from], -amount);
        KeyValueBatch credit = Change(isWhole ? debit : new KeyValueBatch(), bank, to, balances[to], amount);
        return client.WriteAsync(
            "transfer", BankOf(bank), argument,
            async () =>
            {
                if (!isWhole)
                {
                    await client.Store.WriteAsync(debit, cancellationToken: cancellationToken).ConfigureAwait(false);
                }

                return await client.Store.WriteAsync(credit, cancellationToken: cancellationToken)
                    .ConfigureAwait(false);
            },
            result => HistoryValue.FromBoolean(result.Outcome == WriteOutcome.Committed));
    }

    private static KeyValueBatch Change(KeyValueBatch batch, long bank, int account, long balance, long by) => batch
        .RequireValue(Bytes(KeyOf(bank, account)), Bytes(balance))
        .Put(Bytes(KeyOf(bank, account)), Bytes(balance + by));

    private static HistoryValue BankOf(long bank) =>
        HistoryValue.FromText(string.Create(CultureInfo.InvariantCulture, $"b{bank}"));

    private static string KeyOf(long bank, int account) =>
        string.Create(CultureInfo.InvariantCulture, $"b{bank}-{account}");
}
