using Replication.Errors;
using Replication.Raft.Primitives;
using Replication.Storage.Wal;

namespace Replication.Groups.Shell;

/// <summary>The write-ahead log's writer on a thread of its own: the only one that waits for flushes.</summary>
internal sealed class WalLoop
{
    private readonly WalWriter _writer;
    private readonly WriteAheadLog _log;
    private readonly MonotonicClock _clock;
    private readonly TimeSpan _hintInterval;
    private readonly StepLoop _loop;
    private Instant _hintAt = Instant.Never;
    private IReadOnlyList<LoopInbox> _executors = [];

    public WalLoop(WriteAheadLog log, TimeSpan hintInterval, MonotonicClock clock, Action<Exception> failed)
    {
        _log = log;
        _writer = new WalWriter(log);
        _hintInterval = hintInterval;
        _clock = clock;
        Inbox = new LoopInbox(clock);
        _loop = new StepLoop("replication log writer", Inbox, Step, failed);
    }

    public LoopInbox Inbox { get; }

    /// <summary>Starts the thread.</summary>
    /// <param name="executors">The inboxes of the executors whose batches come here.</param>
    public void Start(IReadOnlyList<LoopInbox> executors)
    {
        _executors = executors;
        _loop.Start();
    }

    public Task StopAsync() => _loop.StopAsync();

    private Instant Step(InboxItem? items)
    {
        if (items is not null)
        {
            _writer.Append(items);
            _writer.Flush();
            _hintAt = _clock.Now + _hintInterval;
            RunExecutors();
        }
        else if (_clock.Now >= _hintAt)
        {
            // Idle: from now on any damage of what is written is seen as damage, not as a torn tail.
            _hintAt = Instant.Never;
            _log.WriteHint();
            if (_log.Fault is { } fault)
            {
                // Nothing waits on a hint: without this an idle host would seem well until its next write.
                throw new StorageFailedException($"The write-ahead log failed: {fault.Message}", fault);
            }
        }

        return _hintAt;
    }

    // Once all batches of the flush are home: what they allow is done by this thread, which is awake, if no batch waits
    // for it.
    private void RunExecutors()
    {
        foreach (LoopInbox executor in _executors)
        {
            if (Inbox.IsEmpty)
            {
                executor.Run();
            }
            else
            {
                executor.Notify();
            }
        }
    }
}
