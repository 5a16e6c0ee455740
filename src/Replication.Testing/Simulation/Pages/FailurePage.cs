using System.Globalization;
using Replication.Testing.Simulation.Faults;

namespace Replication.Testing.Simulation.Pages;

/// <summary>A page about one run that needs nothing but itself: the verdict and the command that replays it, the plan,
/// the proof, what the nodes and the clients did, and what the nodes were at the end.</summary>
internal sealed class FailurePage
{
    private const int OperationsMax = 300;
    private readonly Markup _page;
    private readonly SimulationResult _result;
    private readonly RunRecording _recording;
    private readonly string _replay;

    private FailurePage(Markup page, SimulationResult result, RunRecording recording, string replay)
    {
        _page = page;
        _result = result;
        _recording = recording;
        _replay = replay;
    }

    /// <summary>Writes the page.</summary>
    /// <param name="output">Where it goes.</param>
    /// <param name="result">The run.</param>
    /// <param name="recording">What was taken down of it.</param>
    /// <param name="replay">The command that replays it.</param>
    public static void Write(TextWriter output, SimulationResult result, RunRecording recording, string replay)
    {
        using Markup page = new(output);
        new FailurePage(page, result, recording, replay).Write();
    }

    private void Write() => _page.Element("html", [("lang", "en")], () =>
    {
        _page.Element("head", () =>
        {
            _page.Element("meta", [("charset", "utf-8")]);
            _page.TextElement("title", $"seed {_result.Config.Seed}: {Heading}");
            _page.TextElement("style", PageStyle.Text);
        });
        _page.Element("body", () =>
        {
            WriteVerdict();
            Section("Plan", WritePlan);
            Section(_result.Violation is null ? "Verdict" : "Proof", WriteProof);
            Section("Space-time diagram", WriteSpaceTime);
            Section("Operations of the clients", WriteCalls);
            Section("Nodes at the end", WriteNodes);
        });
    });

    private string Heading => _result.Violation is { } violation
        ? $"{violation.Signature} is broken" : $"nothing is broken ({_result.Verdict.Validity})";

    private void WriteVerdict()
    {
        _page.TextElement("h1", Heading, ("class", _result.Violation is null ? "well" : "broken"));
        _page.TextElement("pre", _replay, ("class", "command"));
        SimulationConfig config = _result.Config;
        string calls = _result.Case.Calls is { } planned ? $"{planned.Count} prescribed operations"
            : $"{_result.Operations.Count} operations";
        _page.TextElement("p", string.Create(CultureInfo.InvariantCulture,
            $"Seed {config.Seed}: {config.Nodes} nodes, {_result.Case.Plan.Faults.Count} faults, "
            + $"{config.Clients} clients, {calls}, {_result.Elections} elections, {_result.Events} events, "
            + $"{_result.Nanoseconds / 1e9:0.000} s of simulated time, state hash {_result.Hash:x16}."));
    }

    private void Section(string title, Action content) => _page.Element("section", () =>
    {
        _page.TextElement("h2", title);
        content();
    });

    private void WritePlan()
    {
        SimulationConfig defaults = new() { Seed = _result.Config.Seed };
        string[] changed =
        [
            .. SimulationSettings.Names
                .Where(name => SimulationSettings.Text(defaults, name) != SimulationSettings.Text(_result.Config, name))
                .Select(name => $"{name} {SimulationSettings.Text(_result.Config, name)}"),
        ];
        _page.TextElement("p", changed.Length == 0
            ? "All settings are the defaults." : $"Settings beside the defaults: {string.Join(", ", changed)}.");
        _page.Element("table", () =>
        {
            Row("th", "at ms", "fault", "node", "peer or mask", "for ms", "amount");
            foreach (PlannedFault fault in _result.Case.Plan.Faults)
            {
                Row("td", Text(fault.AtMilliseconds), fault.Kind.ToString(), Text(fault.Node), Text(fault.Peer),
                    Text(fault.DurationMilliseconds), Text(fault.Amount));
            }
        });
        if (_result.Case.Calls is { Count: <= OperationsMax } calls)
        {
            _page.TextElement("p", "Operations: number, at ms, client, in session, kind, key, value, expected, steps.");
            _page.TextElement("pre", string.Join('\n', calls));
        }
    }

    private void WriteProof() => _page.TextElement("pre", _result.Violation?.ToString() ?? _result.Verdict.ToString());

    private void WriteSpaceTime()
    {
        string messages = $"{_recording.Flights.Count} messages";
        _page.TextElement("p", _recording.From == 0
            ? $"All of the run: {messages}."
            : string.Create(CultureInfo.InvariantCulture,
                $"The end of the run, from {_recording.From / 1e6:0.000} ms on: the last {messages}."));
        _page.TextElement("p", "Green leads, amber stands for election, blue follows; red bands are faults, grey "
            + "arrows heartbeats and acknowledgements. A pointer on anything shows all of it."
            + (_result.Config.Groups > 1 ? " Messages are of all groups, colours of the first." : string.Empty));
        _page.Element("div", [("class", "wide")], () => new SpaceTimeDiagram(_page, _result, _recording).Write());
    }

    private void WriteCalls()
    {
        CallTimeline timeline = new(_page, _result, _recording, OperationsMax);
        int left = _result.Operations.Count - OperationsMax;
        if (left > 0)
        {
            _page.TextElement("p", $"The last {OperationsMax}; {left} came before.");
        }

        _page.Element("div", [("class", "wide")], timeline.WriteDiagram);
        timeline.WriteTable();
    }

    private void WriteNodes() => _page.Element("table", () =>
    {
        Row("th", ["node", "state", "ends", .. NodeRow.Columns]);
        foreach (NodeRow row in _recording.Rows)
        {
            Row("td", [Text(row.Node), row.State, Text(row.Ends),
                .. row.Values.Count > 0 ? row.Values : NodeRow.Columns.Select(_ => "-")]);
        }
    });

    private void Row(string cell, params IReadOnlyList<string> values) => _page.Element("tr", () =>
    {
        foreach (string value in values)
        {
            _page.TextElement(cell, value);
        }
    });

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
