using Replication.Groups;
using Replication.Groups.Shell;
using Replication.Raft.Primitives;

namespace Replication.Tests.Groups;

/// <summary>The loop that steps an executor: on its thread, or on that of whoever posts while it sleeps.</summary>
public sealed class StepLoopTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly MonotonicClock _clock = new(TimeProvider.System);

    [Fact]
    public async Task Every_item_is_handled_once_and_no_two_steps_at_a_time()
    {
        const int writers = 6;
        const int each = 20_000;
        int[] seen = new int[writers * each];
        int inStep = 0;
        int overlaps = 0;
        int handled = 0;
        TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        LoopInbox inbox = new(_clock);
        Instant Step(InboxItem? items)
        {
            overlaps += Interlocked.Exchange(ref inStep, 1);
            for (; items is not null; items = items.Next)
            {
                seen[((Numbered)items).Number]++;
                if (++handled == seen.Length)
                {
                    done.SetResult();
                }
            }

            Interlocked.Exchange(ref inStep, 0);
            return Instant.Never;
        }

        StepLoop loop = new("test", inbox, Step, error => done.TrySetException(error), stepsInPlace: true);
        loop.Start();
        Thread[] threads = [.. Enumerable.Range(0, writers).Select(writer => new Thread(() =>
        {
            for (int i = 0; i < each; i++)
            {
                Post(inbox, new Numbered((writer * each) + i), way: (i + writer) % 3);
            }
        }))];
        Array.ForEach(threads, thread => thread.Start());
        await done.Task.WaitAsync(Patience);
        await loop.StopAsync().WaitAsync(Patience);
        Assert.Equal(0, overlaps);
        Assert.All(seen, count => Assert.Equal(1, count));
    }

    [Fact]
    public async Task A_step_runs_on_the_thread_of_the_writer_while_the_loop_sleeps()
    {
        int steps = 0;
        int stepThread = 0;
        LoopInbox inbox = new(_clock);
        StepLoop loop = new("test", inbox, items =>
        {
            stepThread = items is null ? stepThread : Environment.CurrentManagedThreadId;
            Interlocked.Increment(ref steps);
            return Instant.Never;
        }, _ => { }, stepsInPlace: true);
        loop.Start();

        // The loop's first step comes by itself; until it sleeps after that, an item goes to its thread.
        int here = Environment.CurrentManagedThreadId;
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                inbox.Add(new Numbered(0));
                inbox.Run();
                return Volatile.Read(ref stepThread) == here;
            },
            Patience));
        Assert.True(steps > 1);
        await loop.StopAsync().WaitAsync(Patience);
    }

    [Fact]
    public async Task A_step_in_place_that_is_due_again_soon_wakes_the_sleeping_loop_in_time()
    {
        TaskCompletionSource due = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Instant dueAt = Instant.Never;
        LoopInbox inbox = new(_clock);
        Instant Step(InboxItem? items)
        {
            if (items is not null)
            {
                dueAt = _clock.Now + TimeSpan.FromMilliseconds(5);
            }
            else if (_clock.Now >= dueAt)
            {
                due.TrySetResult();
                dueAt = Instant.Never;
            }

            return dueAt;
        }

        StepLoop loop = new("test", inbox, Step, error => due.TrySetException(error), stepsInPlace: true);
        loop.Start();

        // A lost wake costs the loop's longest sleep, a second: all of them together would take longer than the limit.
        using CancellationTokenSource limit = new(Patience);
        for (int i = 0; i < 200; i++)
        {
            due = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            inbox.Add(new Numbered(i));
            inbox.Run();
            await due.Task.WaitAsync(limit.Token);
        }

        await loop.StopAsync().WaitAsync(Patience);
    }

    [Fact]
    public async Task A_stop_ends_the_loop_beside_writers_and_what_comes_later_is_refused()
    {
        for (int round = 0; round < 100; round++)
        {
            int handled = 0;
            int refused = 0;
            LoopInbox inbox = new(_clock);
            StepLoop loop = new("test", inbox, items =>
            {
                handled += Count(items);
                return Instant.Never;
            }, _ => { }, stepsInPlace: true);
            loop.Start();
            Thread writer = new(() =>
            {
                for (int i = 0; i < 500; i++)
                {
                    Post(inbox, new Numbered(i), i % 3);
                }
            });
            writer.Start();
            await loop.StopAsync().WaitAsync(Patience);
            inbox.Close(items => refused += Count(items));
            writer.Join();
            Assert.Equal(500, handled + refused);
        }
    }

    [Fact]
    public async Task A_step_that_throws_in_place_is_reported_and_later_steps_still_run()
    {
        int failures = 0;
        TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        LoopInbox inbox = new(_clock);
        StepLoop loop = new("test", inbox, items =>
        {
            for (; items is not null; items = items.Next)
            {
                if (((Numbered)items).Number == 0)
                {
                    throw new InvalidOperationException("planned");
                }

                done.TrySetResult();
            }

            return Instant.Never;
        }, _ => Interlocked.Increment(ref failures), stepsInPlace: true);
        loop.Start();
        inbox.Add(new Numbered(0));
        inbox.Run();
        Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref failures) == 1, Patience));
        inbox.Add(new Numbered(1));
        inbox.Run();
        await done.Task.WaitAsync(Patience);
        await loop.StopAsync().WaitAsync(Patience);
        Assert.Equal(1, failures);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_is_posted_during_a_step_is_handled_though_nobody_posts_afterwards(bool inPlace)
    {
        int here = Environment.CurrentManagedThreadId;
        bool hasPosted = false;
        TaskCompletionSource handled = new(TaskCreationOptions.RunContinuationsAsynchronously);
        LoopInbox inbox = new(_clock);
        Instant Step(InboxItem? items)
        {
            for (; items is not null; items = items.Next)
            {
                if (((Numbered)items).Number == 1)
                {
                    handled.TrySetResult();
                }
                else if (!hasPosted && inPlace == (Environment.CurrentManagedThreadId == here))
                {
                    hasPosted = true;
                    inbox.Post(new Numbered(1));
                }
            }

            return Instant.Never;
        }

        StepLoop loop = new("test", inbox, Step, error => handled.TrySetException(error), stepsInPlace: true);
        loop.Start();
        inbox.Post(new Numbered(0));

        // An item goes to the loop's thread until that sleeps.
        Assert.True(!inPlace || SpinWait.SpinUntil(
            () =>
            {
                Post(inbox, new Numbered(0), way: 1);
                return Volatile.Read(ref hasPosted);
            },
            Patience));
        await handled.Task.WaitAsync(Patience);
        await loop.StopAsync().WaitAsync(Patience);
    }

    [Fact]
    public async Task What_is_posted_after_the_end_is_refused_at_once()
    {
        int refused = 0;
        LoopInbox inbox = new(_clock);
        StepLoop loop = new("test", inbox, _ => Instant.Never, _ => { }, stepsInPlace: true);
        loop.Start();
        await loop.StopAsync().WaitAsync(Patience);
        inbox.Close(items => refused += Count(items));
        for (int way = 0; way < 3; way++)
        {
            Post(inbox, new Numbered(way), way);
        }

        Assert.Equal(3, refused);
    }

    private static void Post(LoopInbox inbox, Numbered item, int way)
    {
        if (way == 0)
        {
            inbox.Post(item);
            return;
        }

        inbox.Add(item);
        if (way == 1)
        {
            inbox.Run();
        }
        else
        {
            inbox.Notify();
        }
    }

    private static int Count(InboxItem? items)
    {
        int count = 0;
        for (; items is not null; items = items.Next)
        {
            count++;
        }

        return count;
    }

    private sealed class Numbered(int number) : InboxItem
    {
        public int Number => number;
    }
}
