using Harness.Campaigns;
using Harness.Runs;
using KvProcesses.Processes;
using Replication.Testing.Checkers;

namespace Replication.HarnessTests;

/// <summary>A run of a campaign whose time is too short for what the guards ask of the machine.</summary>
internal static class ShortRun
{
    // How much a run shows depends on the machine as well; what is asked for here does not.
    private static readonly string[] ForTheMachine = ["overlap", "amount"];

    /// <summary>Reads a plan that stands beside the tests.</summary>
    public static IReadOnlyList<PlannedRun> PlanOf(string name) =>
        CampaignPlan.Read(Path.Combine(AppContext.BaseDirectory, name));

    /// <summary>Gets the runs of a plan, each with a name.</summary>
    public static TheoryData<int, string> NamesOf(IReadOnlyList<PlannedRun> plan)
    {
        TheoryData<int, string> runs = [];
        for (int i = 0; i < plan.Count; i++)
        {
            TestOptions options = plan[i].Options;
            runs.Add(i, $"{options.Driver} {options.Workload} {options.NemesisText}, {plan[i].Expect}");
        }

        return runs;
    }

    /// <summary>Makes a run and asserts that its verdict is the expected one.</summary>
    public static async Task AssertVerdictAsync(PlannedRun run, string what)
    {
        using TemporaryDirectory directory = new("replication-harness");
        TestResult result = await new TestRun(run.Options, directory.Path, _ => { }).RunAsync();
        bool isExpected = run.Expect == "invalid" ? result.IsFoundOut
            : result.Verdicts.All(named => named.Verdict.Validity == Validity.Valid
                || (named.Verdict.Validity == Validity.Unknown && ForTheMachine.Contains(named.Check)));
        directory.Keep = !isExpected;
        Assert.True(isExpected, string.Join('\n', [what, directory.Path, .. result.Lines()]));
    }
}
