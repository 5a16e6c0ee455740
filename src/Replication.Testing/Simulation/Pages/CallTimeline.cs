using System.Globalization;
using Replication.Testing.Histories;
using Replication.Testing.Simulation.Subjects;
using Replication.Testing.Simulation.Workloads;

namespace Replication.Testing.Simulation.Pages;

/// <summary>The operations of the clients: a lane for each client, time to the right, and a table.</summary>
internal sealed class CallTimeline
{
    private const double Left = 90;
    private const double LaneHeight = 26;
    private const double Top = 24;
    private const double Width = 1_500;
    private static readonly string[] Columns =
        ["client", "process", "from ms", "to ms", "operation", "outcome", "result", "version", "node"];

    private readonly Markup _page;
    private readonly SimulationResult _result;
    private readonly RunRecording _recording;
    private readonly OperationRecord[] _operations;
    private readonly long _from;

    /// <summary>Makes the timeline of the last operations.</summary>
    /// <param name="page">Where it goes.</param>
    /// <param name="result">The run.</param>
    /// <param name="recording">What was taken down of it.</param>
    /// <param name="operationsMax">How many operations.</param>
    public CallTimeline(Markup page, SimulationResult result, RunRecording recording, int operationsMax)
    {
        _page = page;
        _result = result;
        _recording = recording;
        _operations = [.. result.Operations.TakeLast(operationsMax)];
        _from = _operations.Length == 0 ? 0 : _operations.Min(operation => operation.InvokedAt);
    }

    public void WriteDiagram()
    {
        if (_operations.Length == 0)
        {
            _page.TextElement("p", "No client did anything.");
            return;
        }

        int[] clients = [.. _operations.Select(ClientOf).Distinct().Order()];
        double height = Top + (clients.Length * LaneHeight) + 30;
        _page.Element("svg",
            [("class", "calls"), ("width", Number(Left + Width + 20)), ("height", Number(height)),
                ("viewBox", $"0 0 {Number(Left + Width + 20)} {Number(height)}"), ("role", "img")],
            () =>
            {
                _page.TextElement("title", "Operations of the clients: clients as lanes, time to the right");
                foreach (FaultSpan span in _recording.Faults.Where(span => (span.EndedAt ?? End) >= _from))
                {
                    WriteFault(span, height);
                }

                for (int i = 0; i < clients.Length; i++)
                {
                    WriteLane(clients[i], Top + (i * LaneHeight));
                }

                if (_result.Violation is { } violation)
                {
                    double x = Place(violation.AtNanoseconds);
                    _page.Element("line",
                        [("class", "violation"), ("x1", Number(x)), ("x2", Number(x)), ("y1", 0),
                            ("y2", Number(height))]);
                }

                for (int i = 0; i <= 10; i++)
                {
                    long moment = _from + ((End - _from) * i / 10);
                    _page.TextElement("text", $"{Time(moment)} ms", ("class", "time"), ("x", Number(Place(moment))),
                        ("y", Number(height - 6)), ("text-anchor", i == 10 ? "end" : "start"));
                }
            });
    }

    public void WriteTable() => _page.Element("table", () =>
    {
        _page.Element("tr", () =>
        {
            foreach (string column in Columns)
            {
                _page.TextElement("th", column);
            }
        });
        foreach (OperationRecord operation in _operations)
        {
            _page.Element("tr", [("class", OutcomeOf(operation))], () =>
            {
                foreach (string value in Values(operation))
                {
                    _page.TextElement("td", value);
                }
            });
        }
    });

    private static string[] Values(OperationRecord operation) =>
    [
        operation.IsFinal ? $"{ClientOf(operation)}, final read" : Text(ClientOf(operation)),
        Text(operation.Process),
        Time(operation.InvokedAt),
        operation.CompletionIndex > 0 ? Time(operation.CompletedAt) : "-",
        CallOf(operation),
        OutcomeOf(operation),
        ResultOf(operation),
        Text(operation.Version),
        operation.Node == 0 ? "-" : Text(operation.Node),
    ];

    private static int ClientOf(OperationRecord operation) => operation.Plan.Client;

    private static string OutcomeOf(OperationRecord operation) => operation.CompletionIndex == 0 ? "waits"
        : operation.Outcome switch
        {
            HistoryEventType.Ok when !operation.Held => "ok, condition failed",
            HistoryEventType.Ok => "ok",
            HistoryEventType.Fail => "fail",
            _ => "info",
        };

    private static string CallOf(OperationRecord operation) => operation.Kind switch
    {
        OperationKind.Read => $"read r{operation.Key}",
        OperationKind.ReadPrefix => $"read r{operation.Key}, may be old",
        OperationKind.Scan => $"scan up to {operation.Value} registers",
        OperationKind.ScanPrefix => $"scan up to {operation.Value} registers, may be old",
        OperationKind.Delete => $"delete r{operation.Key}",
        OperationKind.Write => $"write r{operation.Key} := {operation.Value}",
        OperationKind.CompareAndSet => $"r{operation.Key}: {operation.Expected} -> {operation.Value}",
        OperationKind.Increment => "increment",
        OperationKind.ReadCounter => "read counter",
        OperationKind.Command or OperationKind.Query => operation.ToString()!,
        _ => string.Join("; ", operation.Steps.Select(step =>
            step.IsAppend ? $"append {step.Element} to l{step.Key}" : $"read l{step.Key}")),
    };

    private static string ResultOf(OperationRecord operation)
    {
        if (operation.Outcome != HistoryEventType.Ok)
        {
            return "-";
        }

        return operation.Kind switch
        {
            OperationKind.Read or OperationKind.ReadPrefix or OperationKind.ReadCounter => Text(operation.Result),
            OperationKind.Scan or OperationKind.ScanPrefix => string.Join(", ", operation.Scanned.Select(
                register => $"r{Text(register.Key)} = {Text(register.Value)} (version {Text(register.Version)})")),
            OperationKind.Transaction => string.Join("; ", operation.Seen.Where(seen => seen is not null)
                .Select(seen => $"[{string.Join(' ', seen!)}]")),
            OperationKind.Command or OperationKind.Query => ((StateMachineRecord)operation).ResultValue.ToString(),
            _ => "-",
        };
    }

    private static string Number(double number) => number.ToString("0.#", CultureInfo.InvariantCulture);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Time(long nanoseconds) =>
        (nanoseconds / 1e6).ToString("0.000", CultureInfo.InvariantCulture);

    private long End => _result.Nanoseconds;

    private double Place(long moment) =>
        Left + (Math.Clamp((double)(moment - _from) / Math.Max(1, End - _from), 0, 1) * Width);

    private void WriteFault(FaultSpan span, double height)
    {
        double x = Place(span.BeganAt);
        _page.Element("rect",
            [("class", "fault"), ("x", Number(x)), ("y", 0),
                ("width", Number(Math.Max(2, Place(span.EndedAt ?? End) - x))), ("height", Number(height - 20))],
            () => _page.TextElement("title", $"{span.Fault} on {span.Target}"));
        _page.TextElement("text", span.Fault.Kind.ToString(), ("class", "fault-name"), ("x", Number(x + 2)), ("y", 10));
    }

    private void WriteLane(int client, double y)
    {
        _page.TextElement("text", $"client {client}", ("class", "client"), ("x", 4), ("y", Number(y + 15)));
        foreach (OperationRecord operation in _operations.Where(operation => ClientOf(operation) == client))
        {
            double x = Place(operation.InvokedAt);
            double width = Place(operation.CompletionIndex > 0 ? operation.CompletedAt : End) - x;
            _page.Element("rect",
                [("class", $"call {OutcomeOf(operation).Split(',')[0]}"), ("x", Number(x)), ("y", Number(y + 2)),
                    ("width", Number(Math.Max(2, width))), ("height", Number(LaneHeight - 6))],
                () => _page.TextElement("title", string.Join(" | ", Values(operation))));
            if (_operations.Length <= 60)
            {
                _page.TextElement("text", CallOf(operation), ("class", "call-name"), ("x", Number(x + 2)),
                    ("y", Number(y + 16)));
            }
        }
    }
}
