using Replication.Testing.Simulation.Events;
using Replication.Testing.Simulation.Randomness;

namespace Replication.Simulation.Tests.Parts;

public sealed class EventQueueTests
{
    [Fact]
    public void Events_come_in_order_of_time_then_tiebreak_then_creation()
    {
        EventQueue queue = new(timers: 0);
        RandomStream random = new(3, RandomPurpose.Schedule);
        List<(long Time, ulong Tiebreak, long Number)> expected = [];
        for (int i = 0; i < 5_000; i++)
        {
            (long time, ulong tiebreak) = (random.Below(100L), (ulong)random.Below(3));
            queue.Add(time, tiebreak, Nobody.Instance, 0, i, null);
            expected.Add((time, tiebreak, i));
        }

        List<(long Time, ulong Tiebreak, long Number)> taken = [];
        while (queue.TryTake(long.MaxValue, out SimulationEvent next))
        {
            taken.Add((next.Time, next.Tiebreak, next.Argument));
        }

        Assert.Equal(expected.Order(), taken);
        Assert.Equal(0, queue.Count);
    }

    [Fact]
    public void Events_and_timers_come_in_order_while_more_are_added_and_timers_are_put_off()
    {
        const int Timers = 5;
        EventQueue queue = new(Timers);
        RandomStream random = new(4, RandomPurpose.Schedule);
        SortedSet<(long Time, ulong Tiebreak, long Number, int Timer)> model = [];
        (long Time, ulong Tiebreak, long Number, int Timer)?[] timers = new (long, ulong, long, int)?[Timers];
        long now = 0;
        for (long i = 0; i < 200_000; i++)
        {
            if (model.Count > 0 && random.Chance(i < 100_000 ? 0.45 : 0.6))
            {
                // A call that ends before the first event leaves everything as it is.
                Assert.False(queue.TryTake(model.Min.Time - 1, out _));
                Assert.True(queue.TryTake(model.Min.Time, out SimulationEvent next));
                Assert.Equal(
                    (model.Min.Time, model.Min.Tiebreak, model.Min.Number), (next.Time, next.Tiebreak, next.Argument));
                if (model.Min.Timer >= 0)
                {
                    timers[model.Min.Timer] = null;
                }

                model.Remove(model.Min);
                now = next.Time;
                continue;
            }

            // Up to a minute ahead; some at this very moment, many at equal moments.
            long time = now + (random.Below(3) == 0 ? 0 : random.LogBetween(1, 60_000) * 1_000_000);
            ulong tiebreak = (ulong)random.Below(2);
            int timer = random.Below(4 * Timers);
            if (timer >= Timers)
            {
                queue.Add(time, tiebreak, Nobody.Instance, 0, i, null);
                model.Add((time, tiebreak, i, -1));
                continue;
            }

            queue.SetTimer(timer, time, tiebreak, Nobody.Instance, 0, i);
            if (timers[timer] is { } before)
            {
                model.Remove(before);
            }

            timers[timer] = (time, tiebreak, i, timer);
            model.Add((time, tiebreak, i, timer));
        }

        Assert.Equal(model.Count(waiting => waiting.Timer < 0), queue.Count);
    }

    [Fact]
    public void An_empty_queue_gives_nothing()
    {
        Assert.False(new EventQueue(timers: 3).TryTake(long.MaxValue, out _));
        Assert.False(new EventQueue(timers: 0).TryTake(long.MaxValue, out _));
    }

    [Theory]
    [InlineData(nameof(SchedulingKind.Fifo))]
    [InlineData(nameof(SchedulingKind.RandomTiebreak))]
    [InlineData(nameof(SchedulingKind.Jitter))]
    [InlineData(nameof(SchedulingKind.Priorities))]
    [InlineData(nameof(SchedulingKind.DelayBounded))]
    [InlineData(nameof(SchedulingKind.StarvedNode))]
    public void No_policy_puts_an_event_before_its_time_and_each_but_the_first_changes_something(string name)
    {
        SchedulingKind kind = Enum.Parse<SchedulingKind>(name);
        // Long enough for the bounded changes of a schedule to fall into it.
        const int Events = 200_000;
        SchedulingPolicy policy = new(kind, depth: 50, nodes: 1, new RandomStream(1, RandomPurpose.Schedule));
        bool hasChanged = false;
        for (long i = 0; i < Events; i++)
        {
            long time = i * 1_000;
            ulong tiebreak = policy.Place(Nobody.Instance, ref time);
            Assert.True(time >= i * 1_000);
            hasChanged |= tiebreak != 0 || time != i * 1_000;
        }

        Assert.Equal(kind != SchedulingKind.Fifo, hasChanged);
    }

    private sealed class Nobody : SimulationActor
    {
        public static Nobody Instance { get; } = new() { Number = 1 };

        public override int Node => 1;

        public override void Handle(in SimulationEvent due)
        {
        }
    }
}
