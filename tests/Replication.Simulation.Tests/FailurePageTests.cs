using System.Xml.Linq;
using Replication.Testing.Simulation;
using Replication.Testing.Simulation.Faults;
using Replication.Testing.Simulation.Invariants;
using Replication.Testing.Simulation.Pages;

namespace Replication.Simulation.Tests;

/// <summary>The page of a run, read as a browser without a network would.</summary>
public sealed class FailurePageTests
{
    private const string Replay = "replay --plan \"a & b\"";

    [Fact]
    public void The_page_of_a_small_run_shows_all_of_it()
    {
        RunRecording recording = new();
        SimulationResult result = Run(recording, milliseconds: 2_000) with
        {
            Violation = new SimulationViolation("rule", "entry <1> & \"2\" became \u0001 </pre><b>", 1_500_000_000),
        };

        XElement page = Page(result, recording);

        Assert.Equal("rule is broken", page.Descendants("h1").Single().Value);
        Assert.Equal(Replay, page.Descendants("pre").First().Value);
        Assert.Contains("entry <1> & \"2\" became \uFFFD </pre><b>", page.Descendants("pre").Last().Value,
            StringComparison.Ordinal);
        Assert.Equal(0, recording.From);
        int arrived = recording.Flights.Sum(flight => flight.Arrivals.Count);
        Assert.True(arrived > 100);
        Assert.Equal(arrived, WithClass(page, "line", "arrow message") + WithClass(page, "line", "arrow quiet"));
        Assert.Equal(recording.Flights.Count(flight => flight.Arrivals.Count == 0),
            WithClass(page, "line", "arrow lost message") + WithClass(page, "line", "arrow lost quiet"));
        Assert.True(WithClass(page, "line", "arrow lost quiet") > 0);
        Assert.Equal(2, WithClass(page, "path", "ends"));
        Assert.Equal(3, WithClass(page, "rect", "fault of-node"));
        Assert.Equal(3, WithClass(page, "text", "node"));
        Assert.True(WithClass(page, "rect", "role leader") > 0);
        Assert.Equal(2, WithClass(page, "line", "violation"));
        Assert.Equal(result.Operations.Count, page.Descendants("rect").Count(IsCall));
        Assert.Equal(4, page.Descendants("table").Last().Elements("tr").Count());
    }

    [Fact]
    public void The_page_needs_nothing_from_elsewhere()
    {
        RunRecording recording = new();
        SimulationResult result = Run(recording, milliseconds: 1_000);

        XElement page = Page(result, recording);

        Assert.StartsWith("nothing is broken", page.Descendants("h1").Single().Value, StringComparison.Ordinal);
        Assert.Empty(page.Descendants("script"));
        Assert.Empty(page.Descendants("link"));
        Assert.DoesNotContain(page.DescendantsAndSelf().Attributes(), attribute =>
            attribute.Name.LocalName is "src" or "href" or "data" or "srcset"
            || attribute.Value.Contains("//", StringComparison.Ordinal));
        string style = page.Descendants("style").Single().Value;
        Assert.DoesNotContain("import", style, StringComparison.Ordinal);
        Assert.DoesNotContain("url(", style, StringComparison.Ordinal);
    }

    [Fact]
    public void The_page_of_a_large_run_shows_its_end()
    {
        RunRecording recording = new(messagesMax: 200);
        SimulationResult result = Run(recording, milliseconds: 6_000);

        XElement page = Page(result, recording);

        Assert.Equal(200, recording.Flights.Count);
        Assert.True(recording.From > 3_000_000_000);
        Assert.All(recording.Flights, flight => Assert.True(flight.SentAt >= recording.From));
        Assert.Contains("the last 200 messages", page.Value, StringComparison.Ordinal);
        Assert.Equal(300, page.Descendants("rect").Count(IsCall));
    }

    [Fact]
    public void Taking_down_a_run_changes_nothing_in_it()
    {
        SimulationResult with = Run(new RunRecording(), milliseconds: 3_000);
        SimulationResult without = Run(null, milliseconds: 3_000);

        Assert.Equal(without.Hash, with.Hash);
        Assert.Equal(without.Events, with.Events);
    }

    [Fact]
    public void Moments_lie_on_the_scale_in_their_order_and_apart()
    {
        TimeScale scale = new([5_000_000_000, 0, 1, 2, 1_000_000, 1], [1], start: 10);

        Assert.Equal(10, scale.Place(0));
        Assert.Equal(13, scale.Place(1));
        Assert.Equal(28, scale.Place(2));
        Assert.True(scale.Place(1_000_000) > scale.Place(1));
        Assert.True(scale.Place(2_000_000_000) > scale.Place(1_000_000));
        Assert.True(scale.Place(5_000_000_000) - scale.Place(1_000_000) < 100);
        Assert.Equal(scale.End, scale.Place(9_000_000_000));
    }

    private static SimulationResult Run(RunRecording? recording, long milliseconds)
    {
        SimulationConfig config = new()
        {
            Seed = 3,
            Nodes = 3,
            Clients = 3,
            SafetyMilliseconds = milliseconds,
        };
        FaultPlan plan = new(
        [
            new PlannedFault(700, FaultKind.Kill, 2, 0, 150, 0), new PlannedFault(800, FaultKind.Isolate, 0, 0, 150, 0),
            new PlannedFault(900, FaultKind.Kill, 2, 0, 80, 0), new PlannedFault(750, FaultKind.Loss, 0, 0, 150, 300),
        ]);
        return SimulationRun.Execute(new SimulationCase(config, plan), recording: recording);
    }

    private static XElement Page(SimulationResult result, RunRecording recording)
    {
        using StringWriter writer = new();
        FailurePage.Write(writer, result, recording, Replay);
        string page = writer.ToString();
        Assert.StartsWith("<!DOCTYPE html>", page, StringComparison.Ordinal);
        return XElement.Parse(page["<!DOCTYPE html>".Length..]);
    }

    private static int WithClass(XElement page, string name, string kind) =>
        page.Descendants(name).Count(element => element.Attribute("class")?.Value == kind);

    private static bool IsCall(XElement element) =>
        element.Attribute("class")?.Value.StartsWith("call ", StringComparison.Ordinal) == true;
}
