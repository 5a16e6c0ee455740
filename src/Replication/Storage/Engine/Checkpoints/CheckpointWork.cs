using Replication.Errors;
using Replication.Raft.Primitives;
using Replication.StateMachines;
using Replication.Storage.Engine.Values;

namespace Replication.Storage.Engine.Checkpoints;

/// <summary>The disk work of one checkpoint: copies forward, new records, one flush, the checkpoint file, then the
/// prefix nobody needs.</summary>
/// <remarks>The only place that appends to, flushes and truncates the value log; one runs at a time.</remarks>
internal sealed class CheckpointWork : IBackgroundWork
{
    private readonly CopyOnWriteEngine _owner;
    private readonly ValueLogWriter _values;
    private readonly CheckpointFiles _files;
    private readonly Checkpoint _draft;
    private readonly long _truncateTo;
    private volatile Exception? _failure;
    private volatile bool _isDone;

    /// <summary>Creates the work.</summary>
    /// <param name="owner">Hears of its end.</param>
    /// <param name="values">Writes the value log.</param>
    /// <param name="files">Writes the checkpoint file.</param>
    /// <param name="draft">The checkpoint without its addresses.</param>
    /// <param name="handOver">What goes to the value log.</param>
    /// <param name="truncateTo">The address that everything still read lies at or above; 0 for no change.</param>
    public CheckpointWork(
        CopyOnWriteEngine owner, ValueLogWriter values, CheckpointFiles files, Checkpoint draft,
            ValueHandOver handOver, long truncateTo)
    {
        _owner = owner;
        _values = values;
        _files = files;
        _draft = draft;
        HandOver = handOver;
        _truncateTo = truncateTo;
    }

    /// <summary>Gets the entry of the checkpoint.</summary>
    public LogId Id => _draft.Id;

    /// <summary>Gets what went to the value log.</summary>
    public ValueHandOver HandOver { get; }

    /// <summary>Gets the checkpoint; durable once the work has run.</summary>
    public Checkpoint? Result { get; private set; }

    /// <summary>Gets why it failed.</summary>
    public Exception? Failure => _failure;

    /// <inheritdoc/>
    public void Run()
    {
        try
        {
            (long end, long last) = _values.Write(HandOver, _draft.EndAddress);
            Result = _draft with { EndAddress = end, LastRecordAddress = last == 0 ? _draft.LastRecordAddress : last };
            _files.Write(Result);
            _values.TruncatePrefix(_truncateTo);
            _isDone = true;
        }
        catch (Exception failure) when (failure is ReplicationException or ObjectDisposedException)
        {
            _failure = failure;
            throw;
        }
    }

    /// <inheritdoc/>
    public void Completed()
    {
        if (!_isDone)
        {
            throw new InvalidOperationException("A checkpoint is completed only after its work has run well.");
        }

        _owner.Land(this);
    }
}
