using Replication.Raft.Primitives;
using Replication.Testing.Simulation.Clocks;

namespace Replication.Simulation.Tests.Parts;

public sealed class NodeClockTests
{
    [Fact]
    public void A_deadline_is_reached_at_its_true_time_and_not_before()
    {
        NodeClock clock = new();
        clock.Restart(5_000_000_000);
        clock.SetRate(5_000_000_000, 300);
        Instant deadline = new(123_456_789);

        long time = clock.TrueTime(deadline);

        Assert.True(clock.Now(time) >= deadline);
        Assert.True(clock.Now(time - 1) < deadline);
        Assert.Equal(long.MaxValue, clock.TrueTime(Instant.Never));
    }

    [Fact]
    public void A_change_of_rate_never_turns_the_monotonic_clock_back()
    {
        NodeClock clock = new();
        Instant last = clock.Now(0);
        for (long time = 0; time < 1_000_000; time += 1_000)
        {
            clock.SetRate(time, (time / 1_000 % 2) == 0 ? 400 : -400);
            Assert.True(clock.Now(time) >= last);
            last = clock.Now(time + 999);
        }
    }

    [Fact]
    public void A_jump_moves_the_wall_clock_alone()
    {
        NodeClock clock = new();
        (Instant local, long utc) = (clock.Now(1_000_000), clock.Utc(1_000_000));

        clock.Jump(-3_600_000);

        Assert.Equal(local, clock.Now(1_000_000));
        Assert.Equal(utc - 3_600_000, clock.Utc(1_000_000));
    }
}
