using System.Globalization;
using System.Text.Json;
using Harness.Drivers;
using Harness.Models;
using Replication.Testing.Checkers;
using Replication.Testing.Checkers.Linearizability;
using Replication.Testing.Histories;

namespace Harness.Workloads;

/// <summary>A state machine that is not the project's own: stocks of goods that never fall below zero. Amounts differ,
/// so that what is left tells which changes happened. A stock is left behind after so many changes.</summary>
/// <param name="settings">Below linearizable the checker must object.</param>
internal sealed class StockWorkload(WorkloadSettings settings) : IWorkload
{
    private const int AmountMax = 1_000_000;
    private const int ChangesPerStock = 200;
    private long _changes;

    /// <inheritdoc/>
    public string Name => "state-machine";

    /// <inheritdoc/>
    public string Model => "stock";

    /// <inheritdoc/>
    public NodeProgram Program => NodeProgram.Stock;

    /// <inheritdoc/>
    public Task StepAsync(WorkloadClient client, CancellationToken cancellationToken)
    {
        if (client.Random.Next(0, 5) < 2)
        {
            return ReadAsync(client, NameOf(Interlocked.Read(ref _changes)), cancellationToken);
        }

        string stock = NameOf(Interlocked.Increment(ref _changes));
        long amount = client.Random.Next(1, AmountMax) * (client.Random.Next(0, 2) == 0 ? 1 : -1);
        string call = string.Create(CultureInfo.InvariantCulture, $"stock?name={stock}&amount={amount}");
        return client.WriteAsync(
            "change", HistoryValue.FromText(stock), amount,
            () => client.Service.WriteAsync(call, Left, cancellationToken));
    }

    /// <inheritdoc/>
    public async Task ReadAllAsync(WorkloadClient client, CancellationToken cancellationToken)
    {
        for (long change = 0; change <= Interlocked.Read(ref _changes); change += ChangesPerStock)
        {
            await ReadAsync(client, NameOf(change), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public Verdict Check(History history) => LinearizabilityChecker.Check(history, new StockModel());

    private Task ReadAsync(WorkloadClient client, string stock, CancellationToken cancellationToken) =>
        client.ReadAsync("read", HistoryValue.FromText(stock), () => client.Service.ReadAsync(
            $"stock?name={stock}&level={settings.LevelName}", cancellationToken));

    private static HistoryValue Left(JsonElement result) => result.ValueKind == JsonValueKind.Number
        ? result.GetInt64() : HistoryValue.FromBoolean(false);

    private static string NameOf(long change) =>
        string.Create(CultureInfo.InvariantCulture, $"g{change / ChangesPerStock}");
}
