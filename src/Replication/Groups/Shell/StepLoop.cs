using Replication.Raft.Primitives;

namespace Replication.Groups.Shell;

/// <summary>A thread that steps one stepped object: it takes what waits, runs a step, sleeps until there is more or a
/// deadline comes. One step runs at a time.</summary>
internal sealed class StepLoop
{
    private readonly LoopInbox _inbox;
    private readonly Func<InboxItem?, Instant> _step;
    private readonly Action<Exception> _failed;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Thread _thread;
    private volatile bool _isStopping;
    private bool _isStarted;

    /// <summary>Creates a loop; it does not run yet.</summary>
    /// <param name="name">The thread's name.</param>
    /// <param name="inbox">What it reads.</param>
    /// <param name="step">Runs a step over the items and says when it wants to run again at the latest.</param>
    /// <param name="failed">Hears of an exception out of a step; later steps still run.</param>
    /// <param name="stepsInPlace">Whether whoever posts may run a step while the thread sleeps: for short ones
    /// only.</param>
    public StepLoop(string name, LoopInbox inbox, Func<InboxItem?, Instant> step, Action<Exception> failed,
        bool stepsInPlace = false)
    {
        if (stepsInPlace)
        {
            inbox.StepInPlace = RunStep;
        }

        _inbox = inbox;
        _step = step;
        _failed = failed;
        _thread = new Thread(Run) { IsBackground = true, Name = name };
    }

    public void Start()
    {
        _isStarted = true;
        _thread.Start();
    }

    /// <summary>Stops the loop after one more step over what is in the inbox.</summary>
    /// <returns>Completes when the thread has ended.</returns>
    public Task StopAsync()
    {
        _isStopping = true;
        _inbox.Wake();
        return _isStarted ? _ended.Task : Task.CompletedTask;
    }

    private void Run()
    {
        while (true)
        {
            bool isLast = _isStopping;
            Instant next = RunStep();
            if (isLast)
            {
                break;
            }

            _inbox.Sleep(next);
        }

        _ended.SetResult();
    }

    private Instant RunStep()
    {
        try
        {
            return _step(_inbox.TakeAll());
        }
        catch (Exception error)
        {
            // The top of the loop: the host is faulted; what comes later is refused by the stepped object itself.
            _failed(error);
            return Instant.Never;
        }
    }
}
