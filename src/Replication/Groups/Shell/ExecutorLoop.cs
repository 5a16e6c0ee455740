using Replication.Raft.Primitives;

namespace Replication.Groups.Shell;

/// <summary>An executor on a thread of its own.</summary>
internal sealed class ExecutorLoop
{
    private readonly GroupExecutor _executor;
    private readonly MonotonicClock _clock;
    private readonly bool _runsLoneCompletions;
    private readonly Action<Exception> _failed;
    private readonly StepLoop _loop;
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ExecutorLoop(int number, GroupExecutor executor, LoopInbox inbox, MonotonicClock clock,
        bool runsLoneCompletions, Action<Exception> failed)
    {
        _executor = executor;
        _clock = clock;
        _runsLoneCompletions = runsLoneCompletions;
        _failed = failed;
        Inbox = inbox;
        _loop = new StepLoop($"replication executor {number}", inbox, Step, Failed,
            stepsInPlace: true);
    }

    public LoopInbox Inbox { get; }

    /// <summary>Gets what this executor has ended, on its way to the callers.</summary>
    public CompletionQueue Completions { get; } = new();

    public GroupExecutor Executor => _executor;

    /// <summary>Gets a task that completes when the executor, told to stop, has nothing of any client left and hands no
    /// leadership over any more.</summary>
    public Task Drained => _drained.Task;

    public void Start() => _loop.Start();

    /// <summary>Ends everything that waits, and the thread; what is posted later is refused.</summary>
    /// <param name="reason">Why.</param>
    /// <returns>Completes when the thread has ended.</returns>
    public async Task StopAsync(Exception reason)
    {
        Inbox.Post(new FailCommand(reason));
        await _loop.StopAsync().ConfigureAwait(false);
        Inbox.Close(Refuse);
    }

    private Instant Step(InboxItem? items)
    {
        _executor.RunTurn(_clock.Now, _clock.UtcUnixMilliseconds, items);
        Completions.Send(_runsLoneCompletions);
        if (_executor.Turn.IsStopping && _executor.IsDrained)
        {
            _drained.TrySetResult();
        }

        return _executor.NextDeadline;
    }

    // The executor has failed, so that a turn only refuses.
    private void Refuse(InboxItem? items)
    {
        _executor.RunTurn(_executor.Turn.Now, _executor.Turn.UtcUnixMilliseconds, items);
        Completions.Send();
    }

    private void Failed(Exception error)
    {
        _executor.Fail(error);
        Completions.Send();
        _drained.TrySetResult();
        _failed(error);
    }
}
