using System.Globalization;
using System.Text.RegularExpressions;
using Harness.Runs;
using Replication.Testing.Checkers;
using Replication.Testing.Histories;

namespace Harness.Report;

/// <summary>What the page's script draws; times are in microseconds.</summary>
internal static partial class ReportData
{
    private const int TextMax = 300;
    private const int MarkedMax = 200;

    /// <summary>Takes it from a run.</summary>
    public static object Of(TestResult result)
    {
        IReadOnlyList<Operation> operations = result.History.Operations;
        long end = operations.Select(EndOf).Concat(result.Faults.Select(fault => Micros(fault.End)))
            .DefaultIfEmpty(0).Max();
        List<string> functions = [.. operations.Select(operation => operation.F).Distinct()];
        return new
        {
            command = result.Options.Command,
            valid = result.Verdict.Validity.ToString().ToLowerInvariant(),
            checks = result.Verdicts.Select(named => new
            {
                name = named.Check,
                valid = named.Verdict.Validity.ToString().ToLowerInvariant(),
                reason = named.Verdict.Reason,
            }),
            end,
            functions,
            faults = result.Availability.Select(met => new
            {
                nemesis = met.Fault.Nemesis,
                what = met.Fault.What,
                begin = Micros(met.Fault.Begin),
                end = Micros(met.Fault.End),
                hadEffect = met.Fault.HadEffect,
                gap = Math.Round(met.LongestGap.TotalMilliseconds),
                recovery = met.Recovery is { } recovery ? Math.Round(recovery.TotalMilliseconds) : (double?)null,
            }),
            nodes = NodesOf(result.History),
            operations = Columns(operations, functions, result.Options.Clients),
            marked = MarkedOf(result),
        };
    }

    // Columns, not rows: a hundred thousand operations stay a small page.
    private static object Columns(IReadOnlyList<Operation> operations, List<string> functions, int clients) => new
    {
        lane = operations.Select(operation => operation.Process % clients),
        start = operations.Select(operation => Micros(operation.Invocation.Time ?? 0)),
        end = operations.Select(EndOf),
        outcome = operations.Select(operation => operation.Outcome switch
        {
            HistoryEventType.Ok => 0,
            HistoryEventType.Fail => 1,
            _ => 2,
        }),
        f = operations.Select(operation => functions.IndexOf(operation.F)),
        text = operations.Select(TextOf),
    };

    private static IEnumerable<object> NodesOf(History history) => history.OtherEvents
        .Where(other => other.F == NodeWatch.Function)
        .GroupBy(other => other.Node.Number)
        .OrderBy(node => node.Key)
        .Select(node => new
        {
            node = node.Key,
            states = node.Select(other => new
            {
                time = Micros(other.Time ?? 0), role = other.Value.Items[0].Text, term = other.Value.Items[1].Number,
            }),
        });

    // The proofs of the checkers name operations by the index of their invocation.
    private static List<int> MarkedOf(TestResult result)
    {
        HashSet<long> named =
        [
            .. result.Verdicts.Where(verdict => verdict.Verdict.Validity == Validity.Invalid)
                .SelectMany(verdict => OperationName().Matches(verdict.Verdict.Reason))
                .Select(match => long.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)),
        ];
        IReadOnlyList<Operation> operations = result.History.Operations;
        return
        [
            .. Enumerable.Range(0, operations.Count).Where(i => named.Contains(operations[i].InvocationIndex))
                .Take(MarkedMax),
        ];
    }

    private static string TextOf(Operation operation)
    {
        string text = operation.ToString();
        string error = operation.Completion?.Error is { } why ? $" {why}" : "";
        return (text.Length > TextMax ? $"{text[..TextMax]}…" : text) + error;
    }

    private static long EndOf(Operation operation) =>
        Micros(operation.Completion?.Time ?? operation.Invocation.Time ?? 0);

    private static long Micros(long nanoseconds) => nanoseconds / 1000;

    [GeneratedRegex(@"#(\d+)\.\.")]
    private static partial Regex OperationName();
}
