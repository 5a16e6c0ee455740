using Harness.Campaigns;
using Harness.Runs;
using KvProcesses.Processes;
using Replication.Testing.Checkers;

namespace Replication.HarnessTests;

/// <summary>Short runs of the harness under each nemesis, on both drivers, and its negative controls.</summary>
public sealed class CampaignTests
{
    // How much a run shows depends on the machine as well; what is asked for here does not.
    private static readonly string[] ForTheMachine = ["overlap", "stability", "amount"];

    private static readonly IReadOnlyList<PlannedRun> Plan =
        CampaignPlan.Read(Path.Combine(AppContext.BaseDirectory, "ci.json"));

    public static TheoryData<int, string> Runs()
    {
        TheoryData<int, string> runs = [];
        for (int i = 0; i < Plan.Count; i++)
        {
            TestOptions options = Plan[i].Options;
            runs.Add(i, $"{options.Driver} {options.Workload} {options.NemesisText}, {Plan[i].Expect}");
        }

        return runs;
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public async Task A_run_ends_with_the_verdict_that_it_must_have(int number, string what)
    {
        PlannedRun run = Plan[number];
        using TemporaryDirectory directory = new("replication-harness");
        TestResult result = await new TestRun(run.Options, directory.Path, _ => { }).RunAsync();
        bool isExpected = run.Expect == "invalid" ? result.Verdict.Validity == Validity.Invalid
            : result.Verdicts.All(named => named.Verdict.Validity == Validity.Valid
                || (named.Verdict.Validity == Validity.Unknown && ForTheMachine.Contains(named.Check)));
        directory.Keep = !isExpected;
        Assert.True(isExpected, string.Join('\n', [what, directory.Path, .. result.Lines()]));
    }
}
