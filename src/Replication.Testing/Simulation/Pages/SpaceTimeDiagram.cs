using System.Globalization;
using Replication.Raft.Primitives;
using Replication.Testing.Simulation.Invariants;

namespace Replication.Testing.Simulation.Pages;

/// <summary>A space-time diagram: a lane for each node, time downwards, messages as arrows.</summary>
internal sealed class SpaceTimeDiagram
{
    private const double Top = 46;
    private const double TimeWidth = 84;
    private const double BandWidth = 15;
    private const double LaneGap = 210;
    private const double LaneWidth = 14;
    private const double LineHeight = 14;
    private static readonly string[] Heads = ["message", "quiet"];
    private readonly Markup _page;
    private readonly RunRecording _recording;
    private readonly SimulationViolation? _violation;
    private readonly TimeScale _scale;
    private readonly int _nodes;
    private readonly long _end;
    private readonly double _lanesFrom;
    private readonly Dictionary<FaultSpan, int> _columns = [];

    public SpaceTimeDiagram(Markup page, SimulationResult result, RunRecording recording)
    {
        _page = page;
        _recording = recording;
        _violation = result.Violation;
        _nodes = result.Config.Nodes;
        _end = result.Nanoseconds;
        int columns = PlaceBands();
        _lanesFrom = TimeWidth + (columns * BandWidth) + 70;
        _scale = new TimeScale(
            Moments().Where(moment => moment >= recording.From && moment <= _end),
            recording.Moments.Select(moment => moment.At)
                .Concat(recording.Flights.Where(flight => !flight.IsQuiet).Select(flight => flight.SentAt)),
            Top);
    }

    private double Width => _lanesFrom + ((_nodes - 1) * LaneGap) + 190;

    public void Write()
    {
        double height = _scale.End + 54;
        _page.Element("svg",
            [("class", "space-time"), ("width", Number(Width)), ("height", Number(height)),
                ("viewBox", $"0 0 {Number(Width)} {Number(height)}"), ("role", "img")],
            () =>
            {
                _page.TextElement("title", "Space-time diagram: nodes as lanes, time downwards, messages as arrows");
                WriteMarkers();
                WriteTimes();
                foreach (FaultSpan span in _columns.Keys)
                {
                    WriteBand(span);
                }

                for (int node = 1; node <= _nodes; node++)
                {
                    WriteLane(node);
                }

                foreach (MessageFlight flight in _recording.Flights)
                {
                    WriteFlight(flight);
                }

                WriteLine(_violation?.AtNanoseconds, "violation", _violation?.Rule ?? string.Empty);
                WriteLine(_recording.HealedAt, "heal", "all faults end");
            });
    }

    private static string Number(double number) => number.ToString("0.#", CultureInfo.InvariantCulture);

    private static string Time(long nanoseconds) =>
        (nanoseconds / 1e6).ToString("0.000", CultureInfo.InvariantCulture);

    private double Lane(int node) => _lanesFrom + ((node - 1) * LaneGap);

    private IEnumerable<long> Moments() => _recording.Flights.Select(flight => flight.SentAt)
        .Concat(_recording.Flights.SelectMany(flight => flight.Arrivals))
        .Concat(_recording.Moments.Select(moment => moment.At))
        .Concat(_recording.Faults.SelectMany(span => new[] { span.BeganAt, span.EndedAt ?? _end }))
        .Concat([_recording.From, _recording.HealedAt ?? _end, _end]);

    // Each fault gets the first column that is free at its time.
    private int PlaceBands()
    {
        List<long> free = [];
        foreach (FaultSpan span in _recording.Faults.Where(span => (span.EndedAt ?? _end) >= _recording.From))
        {
            int column = free.FindIndex(end => end <= span.BeganAt);
            if (column < 0)
            {
                column = free.Count;
                free.Add(0);
            }

            free[column] = (span.EndedAt ?? _end) + 1;
            _columns.Add(span, column);
        }

        return free.Count;
    }

    private void WriteMarkers() => _page.Element("defs", [], () =>
    {
        foreach (string kind in Heads)
        {
            _page.Element("marker",
                [("id", kind), ("viewBox", "0 0 8 8"), ("refX", 7), ("refY", 4), ("markerWidth", 7),
                    ("markerHeight", 7), ("orient", "auto")],
                () => _page.Element("path", [("d", "M0,0 L8,4 L0,8 z"), ("class", $"head {kind}")]));
        }
    });

    private void WriteTimes()
    {
        double last = double.MinValue;
        foreach (long moment in _scale.Moments)
        {
            double place = _scale.Place(moment);
            if (place - last >= 40)
            {
                last = place;
                _page.TextElement("text", $"{Time(moment)} ms", ("x", 4), ("y", Number(place + 4)), ("class", "time"));
            }
        }
    }

    private void WriteBand(FaultSpan span)
    {
        double x = TimeWidth + (_columns[span] * BandWidth);
        double from = _scale.Place(span.BeganAt);
        double height = Math.Max(3, _scale.Place(span.EndedAt ?? _end) - from);
        string words = $"{span.Fault} on {span.Target}, from {Time(span.BeganAt)} ms to "
            + (span.EndedAt is { } end ? $"{Time(end)} ms" : "the end");
        _page.Element("rect",
            [("class", "fault"), ("x", Number(x)), ("y", Number(from)), ("width", Number(BandWidth - 3)),
                ("height", Number(height))],
            () => _page.TextElement("title", words));
        if (span.IsOfNode)
        {
            _page.Element("rect",
                [("class", "fault of-node"), ("x", Number(Lane(span.Target) - LaneWidth)), ("y", Number(from)),
                    ("width", Number(2 * LaneWidth)), ("height", Number(height))],
                () => _page.TextElement("title", words));
        }

        _page.TextElement("text", $"{span.Fault.Kind}{(span.IsOfNode ? $" {span.Target}" : string.Empty)}",
            ("class", "fault-name"), ("transform", $"translate({Number(x + 9)},{Number(from + 3)}) rotate(90)"));
    }

    private void WriteLane(int node)
    {
        double x = Lane(node);
        _page.TextElement("text", $"node {node}", ("x", Number(x)), ("y", 16), ("class", "node"));
        _page.Element("line",
            [("class", "lane"), ("x1", Number(x)), ("x2", Number(x)), ("y1", Number(Top)), ("y2", Number(_scale.End))]);
        NodeMoment[] moments = [.. _recording.Moments.Where(moment => moment.Node == node)];
        for (int i = 0; i < moments.Length; i++)
        {
            long until = i + 1 < moments.Length ? moments[i + 1].At : _end;
            if (until < _recording.From)
            {
                continue;
            }

            double from = _scale.Place(moments[i].At);
            if (moments[i].Role is { } role)
            {
                _page.Element("rect",
                    [("class", $"role {NameOf(role)}"), ("x", Number(x - (LaneWidth / 2))), ("y", Number(from)),
                        ("width", Number(LaneWidth)), ("height", Number(Math.Max(1, _scale.Place(until) - from)))],
                    () => _page.TextElement("title", $"node {node}: {NameOf(role)} of term {moments[i].Term}, from "
                        + $"{Time(moments[i].At)} ms to {Time(until)} ms"));
                _page.TextElement("text", $"{NameOf(role)} t{moments[i].Term}", ("class", $"state {NameOf(role)}"),
                    ("x", Number(x + LaneWidth)), ("y", Number(from + 11)));
            }
            else
            {
                WriteEnd(node, x, from, moments[i].At);
            }
        }
    }

    private void WriteEnd(int node, double x, double y, long at)
    {
        _page.Element("path",
            [("class", "ends"), ("d", $"M{Number(x - 7)},{Number(y - 7)} l14,14 m0,-14 l-14,14")],
            () => _page.TextElement("title", $"node {node}: its process ends at {Time(at)} ms"));
        _page.TextElement("text", "ends", ("class", "state"), ("x", Number(x + LaneWidth)), ("y", Number(y + 11)));
    }

    private void WriteFlight(MessageFlight flight)
    {
        string kind = flight.IsQuiet ? "quiet" : "message";
        double x = Lane(flight.From) + (flight.To > flight.From ? LaneWidth / 2 : -LaneWidth / 2);
        double y = _scale.Place(flight.SentAt);
        foreach (long arrival in flight.Arrivals)
        {
            double x2 = Lane(flight.To) + (flight.To > flight.From ? -LaneWidth / 2 : LaneWidth / 2);
            WriteArrow($"arrow {kind}", kind, x, y, x2, _scale.Place(arrival),
                $"{flight.From} to {flight.To}, {Time(flight.SentAt)} to {Time(arrival)} ms: {flight.Description}");
        }

        if (flight.Arrivals.Count == 0)
        {
            double x2 = x + ((flight.To > flight.From ? 1 : -1) * LaneGap / 4);
            string how = flight.Lost ?? "did not arrive before the end";
            WriteArrow($"arrow lost {kind}", null, x, y, x2, y + 5,
                $"{flight.From} to {flight.To}, {Time(flight.SentAt)} ms, {how}: {flight.Description}");
            _page.TextElement("text", flight.Lost is null ? "…" : "×", ("class", "lost"), ("x", Number(x2)),
                ("y", Number(y + 10)));
        }

        if (!flight.IsQuiet)
        {
            bool isRight = flight.To > flight.From;
            _page.TextElement("text", flight.Label, ("class", "label"), ("x", Number(x + (isRight ? 12 : -12))),
                ("y", Number(y - 1)), ("text-anchor", isRight ? "start" : "end"));
        }
    }

    private void WriteArrow(string kind, string? head, double x1, double y1, double x2, double y2, string title) =>
        _page.Element("line",
            [("class", kind), ("x1", Number(x1)), ("y1", Number(y1)), ("x2", Number(x2)), ("y2", Number(y2)),
                ("marker-end", head is null ? null : $"url(#{head})")],
            () => _page.TextElement("title", title));

    private void WriteLine(long? at, string kind, string words)
    {
        if (at is { } moment && moment >= _recording.From)
        {
            double y = _scale.Place(moment) + 6;
            _page.Element("line",
                [("class", kind), ("x1", 0), ("x2", Number(Width)), ("y1", Number(y)), ("y2", Number(y))]);
            _page.TextElement("text", $"{words} at {Time(moment)} ms", ("class", kind), ("x", 4),
                ("y", Number(y + LineHeight + (IsBesideViolation(moment, kind) ? LineHeight : 0))));
        }
    }

    private bool IsBesideViolation(long moment, string kind) => kind != "violation" && _violation is not null
        && Math.Abs(_scale.Place(moment) - _scale.Place(_violation.AtNanoseconds)) < LineHeight;

    private static string NameOf(RaftRole role) => role switch
    {
        RaftRole.Leader => "leader",
        RaftRole.Follower => "follower",
        _ => "candidate",
    };
}
