using System.Globalization;
using Replication.Kv;
using Replication.Primitives;
using Replication.Sessions;
using Replication.Testing.Histories;
using static Harness.Workloads.Keys;

namespace Harness.Workloads;

/// <summary>Counters: one byte more for each increment, and the length is the count. A client repeats an increment
/// until it knows the outcome, always with the same request id, so that each is counted once.</summary>
/// <param name="isNamed">Whether repetitions carry the request id; without it the checker must object.</param>
internal sealed class CounterWorkload(bool isNamed) : IWorkload
{
    private const int IncrementsPerCounter = 400;
    private const int AttemptsMax = 30;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private long _increments;

    /// <inheritdoc/>
    public string Model => "counter";

    /// <inheritdoc/>
    public string Consistency => "exactly-once";

    /// <inheritdoc/>
    public Task StepAsync(WorkloadClient client, CancellationToken cancellationToken)
    {
        if (client.Random.Next(0, 2) == 0)
        {
            return ReadAsync(client, Interlocked.Read(ref _increments) / IncrementsPerCounter, cancellationToken);
        }

        string counter = NameOf(Interlocked.Increment(ref _increments) / IncrementsPerCounter);
        return client.WriteAsync(
            "increment", HistoryValue.FromText(counter), 1,
            () => RepeatAsync(client, Bytes(counter), cancellationToken), _ => HistoryValue.Null);
    }

    /// <inheritdoc/>
    public async Task ReadAllAsync(WorkloadClient client, CancellationToken cancellationToken)
    {
        for (long number = 0; number <= Interlocked.Read(ref _increments) / IncrementsPerCounter; number++)
        {
            await ReadAsync(client, number, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask<KeyValueWriteResult> RepeatAsync(
        WorkloadClient client, byte[] counter, CancellationToken cancellationToken)
    {
        ClientSession? session = isNamed ? await client.SessionAsync(cancellationToken).ConfigureAwait(false) : null;
        RequestId request = session?.Next() ?? default;
        for (int attempt = 1; ; attempt++)
        {
            KeyValueWriteResult result = await client.Store
                .AppendAsync(counter, Bytes("+"), request, cancellationToken).ConfigureAwait(false);
            if (result.Outcome == WriteOutcome.Committed)
            {
                session?.Complete(request);
                return result;
            }

            // Refused says nothing of the attempts before it.
            if (attempt == AttemptsMax)
            {
                return result with { Outcome = WriteOutcome.Indeterminate };
            }

            await Task.Delay(Pause, cancellationToken).ConfigureAwait(false);
        }
    }

    private static Task ReadAsync(WorkloadClient client, long number, CancellationToken cancellationToken)
    {
        string counter = NameOf(number);
        return client.ReadAsync("read", HistoryValue.FromText(counter), async () =>
        {
            KeyValueReadResult result = await client.Store
                .GetAsync(Bytes(counter), ReadConsistency.Linearizable, cancellationToken).ConfigureAwait(false);
            return Answer.Of(result, result.Value.Length);
        });
    }

    private static string NameOf(long number) => string.Create(CultureInfo.InvariantCulture, $"c{number}");
}
