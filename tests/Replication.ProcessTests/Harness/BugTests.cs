using Harness.Bugs;
using Replication.Simulation.Bugs;

namespace Replication.ProcessTests.Harness;

public sealed class BugTests
{
    [Fact]
    public void Every_bug_of_the_plan_can_still_be_planted() => Assert.True(
        SoughtBug.ReadAll(SourceCopy.FindRepository(AppContext.BaseDirectory)).Count >= 8);

    [Fact]
    public void A_bug_counts_as_found_only_if_the_sound_code_passes_the_same_run()
    {
        BugRow row = new("b", 1, "recovery", "why", "command", "not invalid", "abc");
        Assert.True(row.IsFound);
        Assert.False((row with { Sound = "invalid" }).IsFound);
        Assert.False((row with { Check = null }).IsFound);
    }
}
