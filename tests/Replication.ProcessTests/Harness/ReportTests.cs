using System.Text.Json;
using Harness.Nemeses;
using Harness.Report;
using Harness.Runs;
using KvProcesses.Processes;
using Replication.Testing.Checkers;
using Replication.Testing.Histories;

namespace Replication.ProcessTests.Harness;

public sealed class ReportTests
{
    [Fact]
    public void The_page_stands_alone_and_marks_the_operations_that_a_proof_names()
    {
        using TemporaryDirectory directory = new("replication-report");
        string path = Path.Combine(directory.Path, "report.html");
        ReportPage.Write(Result(), path);
        string page = File.ReadAllText(path);

        Assert.DoesNotContain("{{", page, StringComparison.Ordinal);
        Assert.DoesNotContain("src=", page, StringComparison.Ordinal);
        Assert.DoesNotContain("</script><b>", page, StringComparison.Ordinal);
        JsonElement data = Data(page);
        Assert.Equal("invalid", data.GetProperty("valid").GetString());
        Assert.Equal([1], data.GetProperty("marked").EnumerateArray().Select(i => i.GetInt32()));
        Assert.Equal([1, 2], data.GetProperty("operations").GetProperty("lane").EnumerateArray()
            .Select(i => i.GetInt32()));
        Assert.Equal(1, data.GetProperty("faults").GetArrayLength());
    }

    [Theory]
    [InlineData("overlap", Validity.Unknown, true)]
    [InlineData("last reads", Validity.Unknown, false)]
    [InlineData("recovery", Validity.Unknown, false)]
    [InlineData("nodes", Validity.Invalid, false)]
    [InlineData("stability", Validity.Invalid, false)]
    public void A_control_is_found_out_only_by_what_clients_saw(string check, Validity validity, bool isFoundOut)
    {
        TestResult found = Result();
        Assert.True(found.IsFoundOut);
        Verdict other = validity == Validity.Invalid ? Verdict.Invalid("why") : Verdict.Unknown("why");
        Assert.Equal(isFoundOut, (found with
        {
            Verdicts = [.. found.Verdicts, new NamedVerdict(check, other)],
        }).IsFoundOut);
        Assert.False((found with
        {
            Verdicts = [new NamedVerdict("set", Verdict.Valid("why")), new NamedVerdict(check, other)],
        }).IsFoundOut);
    }

    private static JsonElement Data(string page)
    {
        const string Opening = "<script id=\"data\" type=\"application/json\">";
        int from = page.IndexOf(Opening, StringComparison.Ordinal) + Opening.Length;
        return JsonSerializer.Deserialize<JsonElement>(
            page[from..page.IndexOf("</script>", from, StringComparison.Ordinal)]);
    }

    private static TestResult Result()
    {
        History history = new HistoryOf()
            .Invoke(1, "write", "x", HistoryValue.FromText("</script><b>")).Ok(1, "write", "x")
            .Invoke(2, "read", "x").Ok(2, "read", "x", 7).ToHistory();
        FaultRecord fault = new("kill", "kill 1", 1_000_000, 2_000_000, HadEffect: true);
        return new TestResult
        {
            Options = TestOptions.Parse([]),
            Verdicts = [new NamedVerdict("cas-register", Verdict.Invalid(history.Operations[1].ToString()))],
            History = history,
            Faults = [fault],
            Availability = Availability.Of(history.Operations, [fault]),
        };
    }
}
