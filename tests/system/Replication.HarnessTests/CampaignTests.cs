using Harness.Campaigns;

namespace Replication.HarnessTests;

/// <summary>Short runs of the harness under each nemesis, on processes and namespaces, and its negative
/// controls.</summary>
[Collection("Clusters")]
public sealed class CampaignTests
{
    private static readonly IReadOnlyList<PlannedRun> Plan = ShortRun.PlanOf("ci.json");

    public static TheoryData<int, string> Runs() => ShortRun.NamesOf(Plan);

    [Theory]
    [MemberData(nameof(Runs))]
    public Task A_run_ends_with_the_verdict_that_it_must_have(int number, string what) =>
        ShortRun.AssertVerdictAsync(Plan[number], what);
}
