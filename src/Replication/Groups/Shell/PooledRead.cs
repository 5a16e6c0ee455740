using System.Threading.Tasks.Sources;

namespace Replication.Groups.Shell;

/// <summary>A client's read: inbox item and awaitable in one object, used again when both sides are done with
/// it.</summary>
internal sealed class PooledRead : ReadRequest, IValueTaskSource<ReadPosition>
{
    private static readonly Action<object?, CancellationToken> OnCancelled = static (state, token) =>
        ((PooledRead)state!).Cancel(token);
    private readonly ObjectPool<PooledRead> _pool;
    private readonly CompletionQueue _completions;
    private ManualResetValueTaskSourceCore<ReadPosition> _source;
    private CancellationTokenRegistration _cancellation;
    private ReadPosition _position;
    private Exception? _error;
    private int _isEnded;
    private int _users;

    public PooledRead(ObjectPool<PooledRead> pool, CompletionQueue completions)
    {
        _pool = pool;
        _completions = completions;
    }

    /// <summary>Begins a call.</summary>
    /// <param name="group">The group.</param>
    /// <param name="cancellationToken">The call's token.</param>
    /// <returns>What the caller awaits.</returns>
    public ValueTask<ReadPosition> Begin(ReplicaGroup group, CancellationToken cancellationToken)
    {
        Group = group;
        _users = 2;
        _source.RunContinuationsAsynchronously = true;
        _isEnded = 0;
        ValueTask<ReadPosition> task = new(this, _source.Version);
        if (cancellationToken.CanBeCanceled)
        {
            _cancellation = cancellationToken.UnsafeRegister(OnCancelled, this);
        }

        return task;
    }

    public override void Complete(in ReadPosition position)
    {
        if (TryEnd())
        {
            _position = position;
            _completions.Add(this);
        }
        else
        {
            Release();
        }
    }

    public override void Fail(Exception error)
    {
        if (TryEnd())
        {
            _error = HostErrors.For(error);
            _completions.Add(this);
        }
        else
        {
            Release();
        }
    }

    /// <summary>Hands the result over; runs within the queue's batch.</summary>
    /// <param name="runsAtOnce">Whether the caller's continuation runs here; a work item of its own otherwise.</param>
    public void Publish(bool runsAtOnce)
    {
        _source.RunContinuationsAsynchronously = !runsAtOnce;
        if (_error is null)
        {
            _source.SetResult(_position);
        }
        else
        {
            _source.SetException(_error);
        }

        Release();
    }

    public ReadPosition GetResult(short token)
    {
        _cancellation.Dispose();
        try
        {
            return _source.GetResult(token);
        }
        finally
        {
            Release();
        }
    }

    public ValueTaskSourceStatus GetStatus(short token) => _source.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token,
        ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    private bool TryEnd() => Interlocked.Exchange(ref _isEnded, 1) == 0;

    private void Cancel(CancellationToken token)
    {
        if (TryEnd())
        {
            _source.SetException(new OperationCanceledException(token));
        }
    }

    private void Release()
    {
        if (Interlocked.Decrement(ref _users) != 0)
        {
            return;
        }

        _source.Reset();
        _cancellation = default;
        _error = null;
        _pool.Return(this);
    }
}
