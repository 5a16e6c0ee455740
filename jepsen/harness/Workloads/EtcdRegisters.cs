using System.Globalization;
using System.Text;
using System.Text.Json;
using Replication.Primitives;
using Replication.Testing.Histories;
using static Harness.Workloads.Keys;

namespace Harness.Workloads;

/// <summary>Keys of an etcd cluster, over its JSON gateway.</summary>
/// <param name="isSerializable">Whether reads are etcd's serializable ones, which may be old.</param>
internal sealed class EtcdRegisters(bool isSerializable) : IRegisters
{
    /// <inheritdoc/>
    public async Task<Answer> ReadAsync(WorkloadClient client, string key, CancellationToken cancellationToken)
    {
        using JsonDocument answer = await client.Service.PostAsync(
            "v3/kv/range", new { key = Coded(key), serializable = isSerializable }, cancellationToken)
            .ConfigureAwait(false);
        return new Answer(answer.RootElement.TryGetProperty("kvs", out JsonElement found)
            ? Number(Encoding.ASCII.GetString(found[0].GetProperty("value").GetBytesFromBase64()))
            : HistoryValue.Null);
    }

    /// <inheritdoc/>
    public async Task<Receipt> WriteAsync(
        WorkloadClient client, string key, long value, CancellationToken cancellationToken)
    {
        using JsonDocument answer = await client.Service.PostAsync(
            "v3/kv/put", new { key = Coded(key), value = Coded(value) }, cancellationToken).ConfigureAwait(false);
        return Executed(answer, value);
    }

    /// <inheritdoc/>
    public async Task<Receipt> CompareAndSetAsync(
        WorkloadClient client, string key, HistoryValue expected, long value, CancellationToken cancellationToken)
    {
        object condition = expected.IsNull
            ? new { target = "CREATE", result = "EQUAL", key = Coded(key), createRevision = "0" }
            : new { target = "VALUE", result = "EQUAL", key = Coded(key), value = Coded(expected.Number) };
        using JsonDocument answer = await client.Service.PostAsync(
            "v3/kv/txn",
            new
            {
                compare = new[] { condition },
                success = new[] { new { requestPut = new { key = Coded(key), value = Coded(value) } } },
            },
            cancellationToken).ConfigureAwait(false);
        bool isDone = answer.RootElement.TryGetProperty("succeeded", out JsonElement done) && done.GetBoolean();
        return Executed(
            answer, isDone ? HistoryValue.FromList(expected, value) : HistoryValue.FromBoolean(false));
    }

    private static Receipt Executed(JsonDocument answer, HistoryValue value) => new(
        WriteOutcome.Committed, value,
        long.Parse(
            answer.RootElement.GetProperty("header").GetProperty("revision").GetString()!,
            CultureInfo.InvariantCulture),
        "");

    private static string Coded(string text) => Convert.ToBase64String(Bytes(text));

    private static string Coded(long number) => Convert.ToBase64String(Bytes(number));
}
