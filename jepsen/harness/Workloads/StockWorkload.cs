using System.Globalization;
using System.Text.Json;
using Harness.Drivers;
using Harness.Models;
using Replication.Testing.Checkers;
using Replication.Testing.Checkers.Linearizability;
using Replication.Testing.Histories;

namespace Harness.Workloads;

/// <summary>A state machine that is not the project's own: stocks of goods that never fall below zero. Amounts differ,
/// so that what is left tells which changes happened. Clients share a shelf with some others; its stock is left behind
/// after so many changes, or one of unknown outcome.</summary>
/// <param name="settings">Below linearizable the checker must object.</param>
internal sealed class StockWorkload(WorkloadSettings settings) : IWorkload
{
    private const int AmountMax = 1_000_000;
    private const int ChangesPerStock = 100;
    private const int Shelves = 6;
    private readonly long[] _changes = new long[Shelves];

    /// <inheritdoc/>
    public string Model => "stock";

    /// <inheritdoc/>
    public NodeProgram Program => NodeProgram.Stock;

    /// <inheritdoc/>
    public async Task StepAsync(WorkloadClient client, CancellationToken cancellationToken)
    {
        int shelf = (int)(client.Process % Shelves);
        if (client.Random.Next(0, 5) < 2)
        {
            await ReadAsync(client, NameOf(shelf, Interlocked.Read(ref _changes[shelf])), cancellationToken)
                .ConfigureAwait(false);
            return;
        }

        long process = client.Process;
        string stock = NameOf(shelf, Interlocked.Increment(ref _changes[shelf]));
        long amount = client.Random.Next(1, AmountMax) * (client.Random.Next(0, 2) == 0 ? 1 : -1);
        string call = string.Create(CultureInfo.InvariantCulture, $"stock?name={stock}&amount={amount}");
        await client.WriteAsync(
            "change", HistoryValue.FromText(stock), amount,
            () => client.Service.WriteAsync(call, Left, cancellationToken)).ConfigureAwait(false);
        if (client.Process != process)
        {
            // Any subset of the changes of unknown outcome may have happened: many of one stock are too many to try.
            Interlocked.Add(ref _changes[shelf], ChangesPerStock);
        }
    }

    /// <inheritdoc/>
    public async Task ReadAllAsync(WorkloadClient client, CancellationToken cancellationToken)
    {
        for (int shelf = 0; shelf < Shelves; shelf++)
        {
            long last = Interlocked.Read(ref _changes[shelf]) / ChangesPerStock;
            for (long number = 0; number <= last; number++)
            {
                await ReadAsync(client, NameOf(shelf, number * ChangesPerStock), cancellationToken)
                    .ConfigureAwait(false);
            }
        }
    }

    /// <inheritdoc/>
    public Verdict Check(History history) => LinearizabilityChecker.Check(history, new StockModel());

    private Task ReadAsync(WorkloadClient client, string stock, CancellationToken cancellationToken) =>
        client.ReadAsync("read", HistoryValue.FromText(stock), () => client.Service.ReadAsync(
            $"stock?name={stock}&level={settings.LevelName}", cancellationToken));

    private static HistoryValue Left(JsonElement result) => result.ValueKind == JsonValueKind.Number
        ? result.GetInt64() : HistoryValue.FromBoolean(false);

    private static string NameOf(int shelf, long change) =>
        string.Create(CultureInfo.InvariantCulture, $"g{shelf}-{change / ChangesPerStock}");
}
