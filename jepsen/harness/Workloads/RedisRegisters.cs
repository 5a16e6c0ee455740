using System.Globalization;
using Harness.Drivers;
using Replication.Primitives;
using Replication.Testing.Histories;

namespace Harness.Workloads;

/// <summary>Keys of a Redis primary.</summary>
internal sealed class RedisRegisters : IRegisters
{
    private const string CompareAndSet = """
        local held = redis.call('GET', KEYS[1])
        if (held == false and ARGV[1] == '') or held == ARGV[1] then
          redis.call('SET', KEYS[1], ARGV[2])
          return 1
        end
        return 0
        """;

    /// <inheritdoc/>
    public async Task<Answer> ReadAsync(WorkloadClient client, string key, CancellationToken cancellationToken)
    {
        string? value = await Of(client).CallPrimaryAsync("GET", key).ConfigureAwait(false);
        return new Answer(value is null ? HistoryValue.Null : long.Parse(value, CultureInfo.InvariantCulture));
    }

    /// <inheritdoc/>
    public Task<Receipt> WriteAsync(
        WorkloadClient client, string key, long value, CancellationToken cancellationToken) =>
        TryAsync(async () =>
        {
            await Of(client).CallPrimaryAsync("SET", key, Text(value)).ConfigureAwait(false);
            return value;
        });

    /// <inheritdoc/>
    public Task<Receipt> CompareAndSetAsync(
        WorkloadClient client, string key, HistoryValue expected, long value, CancellationToken cancellationToken) =>
        TryAsync(async () => await Of(client).CallPrimaryAsync(
            "EVAL", CompareAndSet, "1", key, expected.IsNull ? "" : Text(expected.Number), Text(value))
                .ConfigureAwait(false) == "1"
            ? HistoryValue.FromList(expected, value) : HistoryValue.FromBoolean(false));

    private static RedisDriver Of(WorkloadClient client) => (RedisDriver)client.Targets.Driver;

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);

    // Such as READONLY: what was the primary is none any more.
    private static async Task<Receipt> TryAsync(Func<Task<HistoryValue>> write)
    {
        try
        {
            return new Receipt(WriteOutcome.Committed, await write().ConfigureAwait(false), 0, "");
        }
        catch (RedisErrorException e)
        {
            return new Receipt(WriteOutcome.Rejected, default, 0, e.Message);
        }
    }
}
