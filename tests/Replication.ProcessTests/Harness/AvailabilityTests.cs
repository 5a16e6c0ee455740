using Harness.Nemeses;
using Harness.Runs;

namespace Replication.ProcessTests.Harness;

public sealed class AvailabilityTests
{
    private const long Millisecond = 1_000_000;
    private static readonly FaultRecord Fault =
        new("kill", "kill 1", 100 * Millisecond, 300 * Millisecond, HadEffect: true);

    [Fact]
    public void The_longest_gap_lies_within_the_fault_and_the_recovery_after_it()
    {
        Availability met = Of(new HistoryOf()
            .Invoke(1, "read", "x", at: 90).Ok(1, "read", "x", at: 110)
            .Invoke(1, "read", "x", at: 115).Ok(1, "read", "x", at: 120)
            .Invoke(1, "read", "x", at: 250).Ok(1, "read", "x", at: 305)
            .Invoke(1, "read", "x", at: 310).Ok(1, "read", "x", at: 340));
        Assert.Equal(180, met.LongestGap.TotalMilliseconds);
        Assert.Equal(40, met.Recovery!.Value.TotalMilliseconds);
    }

    [Fact]
    public void A_fault_without_any_success_is_one_gap_and_no_recovery()
    {
        Availability met = Of(new HistoryOf().Invoke(1, "read", "x", at: 90).Fail(1, "read", "x", at: 400));
        Assert.Equal(200, met.LongestGap.TotalMilliseconds);
        Assert.Null(met.Recovery);
    }

    private static Availability Of(HistoryOf history) =>
        Assert.Single(Availability.Of(history.ToHistory().Operations, [Fault]));
}
