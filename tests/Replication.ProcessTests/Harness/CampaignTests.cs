using Harness.Campaigns;
using Harness.Nemeses;
using Harness.Workloads;
using KvProcesses.Processes;
using Replication.Simulation.Bugs;

namespace Replication.ProcessTests.Harness;

public sealed class CampaignTests
{
    [Fact]
    public void A_plan_joins_common_options_and_those_of_each_run()
    {
        IReadOnlyList<PlannedRun> runs = CampaignPlan.Parse("""
            {"common": "--nodes 3 --time 20", "runs": [
              {"options": "--workload set --seed 1"},
              {"options": "--workload set --level consistent-prefix --seed 2", "expect": "invalid"}]}
            """);
        Assert.Equal(["valid", "invalid"], runs.Select(run => run.Expect));
        Assert.All(runs, run => Assert.Equal((3, 20), (run.Options.Nodes, run.Options.Seconds)));
    }

    [Fact]
    public void The_plans_of_the_repository_can_be_run_and_the_long_ones_leave_nothing_out()
    {
        string folder = Path.Combine(SourceCopy.FindRepository(AppContext.BaseDirectory), "jepsen", "campaigns");
        Assert.All(Directory.EnumerateFiles(folder, "*.json"), path => Assert.NotEmpty(CampaignPlan.Read(path)));

        IReadOnlyList<string> Nemeses(params string[] files) =>
        [
            .. files.SelectMany(file => CampaignPlan.Read(Path.Combine(folder, file)))
                .SelectMany(run => run.Options.Nemeses).Distinct().Order(StringComparer.Ordinal),
        ];
        Assert.Equal(NemesisTable.Names, Nemeses("ci.json", "containers.json"));
        Assert.Equal(NemesisTable.Names, Nemeses("single.json"));
        PlannedRun[] full =
        [
            .. CampaignPlan.Read(Path.Combine(folder, "single.json")),
            .. CampaignPlan.Read(Path.Combine(folder, "combined.json")),
        ];
        Assert.True(full.Length >= 60);
        Assert.All(full, run => Assert.True(run.Options is { Nodes: 5, Seconds: >= 60, OkMinimum: >= 5000 }));
        Assert.All((string[])["processes", "namespaces", "docker"], driver => Assert.Equal(WorkloadTable.Names, full
            .Where(run => run.Options.Driver == driver).Select(run => run.Options.Workload).Distinct().Order()));
    }

    [Theory]
    [InlineData("{", "can't be read")]
    [InlineData("{}", "no runs")]
    [InlineData("""{"runs": [{"options": "--nodes 3"}, {"options": "--nodes 0"}]}""", "Run 2: --nodes")]
    [InlineData("""{"runs": [{"options": "--nodes 3", "expect": "luck"}]}""", "expect is \"luck\"")]
    public void A_plan_that_can_not_be_run_is_refused(string json, string words) => Assert.Contains(
        words, Assert.Throws<FormatException>(() => CampaignPlan.Parse(json)).Message, StringComparison.Ordinal);

    [Fact]
    public void The_page_of_a_campaign_counts_faults_by_kind()
    {
        using TemporaryDirectory directory = new("replication-campaign");
        CampaignSummary.Write([Row("001-set"), Row("002-set")], "plans/some.json", directory.Path);
        string page = File.ReadAllText(Path.Combine(directory.Path, "summary.md"));
        Assert.Contains("# Campaign some,", page, StringComparison.Ordinal);
        Assert.Contains("- Commit: 0123abc\n", page, StringComparison.Ordinal);
        Assert.Contains("- Faults that had an effect: kill 4, pause 2\n", page, StringComparison.Ordinal);
        Assert.Contains("| 002-set | docker | set | kill 2, pause 1 | valid | valid | 5000 |", page,
            StringComparison.Ordinal);
        Assert.StartsWith("2 runs, 2 as expected, 0 unknown; 10000 operations, 6 faults", page.Split("\n\n")[1],
            StringComparison.Ordinal);
    }

    private static CampaignRow Row(string directory) => new()
    {
        Directory = directory,
        Command = "command",
        Commit = "0123abc",
        Driver = "docker",
        Workload = "set",
        Nemesis = "kill,pause",
        Expect = "valid",
        Verdict = "valid",
        IsExpected = true,
        Reason = "",
        Ok = 5000,
        Faults = new SortedDictionary<string, int> { ["kill"] = 2, ["pause"] = 1 },
    };

    [Fact]
    public void A_campaign_goes_on_after_the_runs_that_are_known()
    {
        using TemporaryDirectory directory = new("replication-campaign");
        CampaignRow row = Row("001-set");
        CampaignSummary.Write([row, Row("002-set")], "plan.json", directory.Path);
        CampaignRow read = Assert.Single(CampaignSummary.ReadBefore(directory.Path, "2"));
        Assert.Equal(row with { Faults = read.Faults }, read);
        Assert.Equal(row.Faults, read.Faults);
        Assert.Throws<FormatException>(() => CampaignSummary.ReadBefore(directory.Path, "4"));
    }
}
