using Replication.Groups;
using Replication.Primitives;
using Replication.Raft.Primitives;

namespace Replication.Tests.Groups;

public sealed class LogClockTests
{
    private const long Noon = 1_700_000_000_000;

    [Fact]
    public void Entries_carry_the_wall_clock_and_rise_within_a_millisecond()
    {
        LogClock clock = new();
        HybridTimestamp first = clock.Next(default, Noon, At(0));
        HybridTimestamp second = clock.Next(first, Noon, At(0));
        HybridTimestamp third = clock.Next(second, Noon + 7, At(7));

        Assert.Equal(HybridTimestamp.FromUnixMilliseconds(Noon), first);
        Assert.Equal(first.Value + 1, second.Value);
        Assert.Equal(HybridTimestamp.FromUnixMilliseconds(Noon + 7), third);
    }

    // A thousand entries in each of the milliseconds between: what is less than one is not lost.
    [Theory]
    [InlineData(1)]
    [InlineData(1_000)]
    public void While_the_wall_clock_is_behind_log_time_goes_on_at_half_speed_for_few_entries_or_many(int entries)
    {
        const long Ahead = 3_600_000;
        LogClock clock = new();
        HybridTimestamp last = clock.Next(default, Noon + Ahead, At(0));
        for (int i = 1; i <= 1_000 * entries; i++)
        {
            long microseconds = i * 1_000L / entries;
            HybridTimestamp next = clock.Next(last, Noon + (microseconds / 1_000), At(0, microseconds));
            Assert.True(next > last);
            last = next;
        }

        Assert.Equal(Noon + Ahead + 500, last.UnixMilliseconds);
    }

    [Fact]
    public void The_wall_clock_catches_up_in_twice_the_time_that_it_was_behind()
    {
        LogClock clock = new();
        HybridTimestamp last = clock.Next(default, Noon + 1_000, At(0));
        last = clock.Next(last, Noon + 1_999, At(1_999));
        Assert.Equal(Noon + 1_999, last.UnixMilliseconds);
        last = clock.Next(last, Noon + 2_001, At(2_001));
        Assert.Equal(Noon + 2_001, last.UnixMilliseconds);
        last = clock.Next(last, Noon + 9_000, At(9_000));
        Assert.Equal(Noon + 9_000, last.UnixMilliseconds);
    }

    [Fact]
    public void After_another_leader_s_entry_it_goes_on_from_there()
    {
        LogClock clock = new();
        clock.Next(default, Noon, At(0));
        HybridTimestamp foreign = HybridTimestamp.FromUnixMilliseconds(Noon + 500_000);

        HybridTimestamp next = clock.Next(foreign, Noon + 60_000, At(60_000));
        Assert.Equal(foreign.Value + 1, next.Value);
        Assert.Equal(Noon + 500_010, clock.Next(next, Noon + 60_020, At(60_020)).UnixMilliseconds);
    }

    private static Instant At(long milliseconds, long microseconds = 0) =>
        new((milliseconds * 1_000_000) + (microseconds * 1_000));
}
