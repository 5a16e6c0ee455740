using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Replication.Errors;
using Replication.Hosting;
using Replication.Kv;
using Replication.Log;
using Replication.Primitives;

namespace ServiceNode;

/// <summary>The log and the state machine over HTTP. A write answers 200 with its outcome, whatever that is; a read
/// answers 200, or 503 if its level can't be met now.</summary>
internal static class HttpService
{
    /// <summary>Records in one answer at most.</summary>
    public const int RecordsMax = 500;

    /// <summary>Builds the server; nothing listens yet.</summary>
    public static WebApplication Build(ReplicaHost host, IPEndPoint listen)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(listen));
        WebApplication web = builder.Build();
        ReplicatedLog log = host.ReplicatedLog(Groups.Log);
        ReplicatedStateMachine<StockMachine> stock = host.StateMachine<StockMachine>(Groups.Stock);
        web.MapPost("/log", (string value) => AppendAsync(log, value));
        web.MapGet("/log", (long from, string level) => AnswerAsync(() => ReadAsync(log, from, level)));
        web.MapPost("/stock", (string name, long amount) => ChangeAsync(stock, name, amount));
        web.MapGet("/stock", (string name, string level) => AnswerAsync(
            async () => await stock.QueryAsync(machine => machine.Of(name), LevelOf(level))));
        return web;
    }

    private static async Task<IResult> AppendAsync(ReplicatedLog log, string value)
    {
        LogAppendResult result = await log.AppendAsync(Encoding.UTF8.GetBytes(value));
        return Answer(result.Outcome, result.Reason, result.Position, null);
    }

    private static async Task<List<object[]>> ReadAsync(ReplicatedLog log, long from, string level)
    {
        List<object[]> records = [];
        await foreach (LogRecord record in log.ReadAsync(from, LevelOf(level)))
        {
            records.Add([record.Position, Encoding.UTF8.GetString(record.Value.Span)]);
            if (records.Count == RecordsMax)
            {
                break;
            }
        }

        return records;
    }

    private static async Task<IResult> ChangeAsync(
        ReplicatedStateMachine<StockMachine> stock, string name, long amount)
    {
        StateMachineResult result = await stock.ProposeAsync(
            Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{name} {amount}")));
        long? left = result.Result.IsEmpty ? null
            : long.Parse(Encoding.UTF8.GetString(result.Result.Span), CultureInfo.InvariantCulture);
        return Answer(result.Outcome, result.Reason, result.Id.Index.Value, left);
    }

    private static async Task<IResult> AnswerAsync<T>(Func<Task<T>> read)
    {
        try
        {
            return Results.Json(await read());
        }
        catch (QuorumUnavailableException e)
        {
            return Results.Text(e.Message, statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }

    private static IResult Answer(WriteOutcome outcome, RejectReason reason, long position, long? result) =>
        Results.Json(new { outcome = outcome.ToString(), reason = reason.ToString(), position, result });

    private static ReadConsistency LevelOf(string level) =>
        level == "consistent-prefix" ? ReadConsistency.ConsistentPrefix : ReadConsistency.Linearizable;
}
