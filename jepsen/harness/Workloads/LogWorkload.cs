using System.Globalization;
using System.Net.Sockets;
using Harness.Drivers;
using Harness.Models;
using Replication.Primitives;
using Replication.Testing.Checkers;
using Replication.Testing.Checkers.Logs;
using Replication.Testing.Histories;

namespace Harness.Workloads;

/// <summary>A replicated log: appends of unique values, and polls that go on where the client's last one
/// ended.</summary>
/// <param name="settings">Below linearizable, polls may miss what was acknowledged; a careless client repeats an append
/// of unknown outcome. The checks must object to both.</param>
internal sealed class LogWorkload(WorkloadSettings settings) : IWorkload
{
    private const int RepeatsMax = 20;
    private static readonly HistoryValue Log = HistoryValue.FromText("log");
    private long _appends;

    /// <inheritdoc/>
    public string Model => "log";

    /// <inheritdoc/>
    public string Consistency => "contiguity";

    /// <inheritdoc/>
    public NodeProgram Program => NodeProgram.Log;

    /// <inheritdoc/>
    public Task StepAsync(WorkloadClient client, CancellationToken cancellationToken)
    {
        if (client.Random.Next(0, 2) == 0)
        {
            return PollAsync(client, cancellationToken);
        }

        string value = string.Create(CultureInfo.InvariantCulture, $"v{Interlocked.Increment(ref _appends)}");
        return client.WriteAsync(
            "append", Log, HistoryValue.FromText(value), () => AppendAsync(client, value, cancellationToken));
    }

    /// <inheritdoc/>
    public async Task ReadAllAsync(WorkloadClient client, CancellationToken cancellationToken)
    {
        for (long before = -1; client.Cursor > before;)
        {
            before = client.Cursor;
            await PollAsync(client, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public IEnumerable<Access> AccessesOf(Operation operation) => [new Access(operation.Key, operation.F == "poll")];

    /// <inheritdoc/>
    public Verdict Check(History history) =>
        Verdict.All(LogCheck.Contiguity(history), LogFreshness.Check(history));

    private async Task<Receipt> AppendAsync(WorkloadClient client, string value, CancellationToken cancellationToken)
    {
        for (int repeat = 0; ; repeat++)
        {
            try
            {
                Receipt receipt = await client.Service.WriteAsync(
                    $"log?value={value}", _ => HistoryValue.FromText(value), cancellationToken).ConfigureAwait(false);
                if (settings.IsSound || receipt.Outcome == WriteOutcome.Committed || repeat == RepeatsMax)
                {
                    return receipt;
                }
            }
            catch (Exception error) when (!settings.IsSound && repeat < RepeatsMax
                && error is HttpRequestException or OperationCanceledException or SocketException)
            {
                // Asked again as if nothing had happened.
            }
        }
    }

    private Task PollAsync(WorkloadClient client, CancellationToken cancellationToken)
    {
        long from = client.Cursor + 1;
        return client.ReadAsync(
            "poll", Log,
            async () =>
            {
                Answer answer = await client.Service
                    .ReadAsync($"log?from={from}&level={settings.LevelName}", cancellationToken).ConfigureAwait(false);
                int count = answer.Value.Items.Length;
                client.Cursor = count == 0 ? client.Cursor : answer.Value.Items[count - 1].Items[0].Number;
                return answer;
            },
            from);
    }
}
