using Harness.Campaigns;

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

    [Theory]
    [InlineData("{", "can't be read")]
    [InlineData("{}", "no runs")]
    [InlineData("""{"runs": [{"options": "--nodes 3"}, {"options": "--nodes 0"}]}""", "Run 2: --nodes")]
    [InlineData("""{"runs": [{"options": "--nodes 3", "expect": "luck"}]}""", "expect is \"luck\"")]
    public void A_plan_that_can_not_be_run_is_refused(string json, string words) => Assert.Contains(
        words, Assert.Throws<FormatException>(() => CampaignPlan.Parse(json)).Message, StringComparison.Ordinal);
}
