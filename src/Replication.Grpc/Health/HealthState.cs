namespace Replication.Grpc.Health;

/// <summary>Whether this node serves, and who wants to know when that changes. Callable from any thread.</summary>
internal sealed class HealthState
{
    private readonly Lock _lock = new();
    private TaskCompletionSource _changed = NewSignal();
    private bool _isServing;

    /// <summary>Gets or sets whether the node serves.</summary>
    public bool IsServing
    {
        get
        {
            lock (_lock)
            {
                return _isServing;
            }
        }

        set
        {
            TaskCompletionSource? previous = null;
            lock (_lock)
            {
                if (_isServing != value)
                {
                    _isServing = value;
                    (previous, _changed) = (_changed, NewSignal());
                }
            }

            previous?.SetResult();
        }
    }

    /// <summary>
    /// Reads the state together with a task that ends at the next change, so that no change is missed.
    /// </summary>
    public (bool IsServing, Task Changed) Observe()
    {
        lock (_lock)
        {
            return (_isServing, _changed.Task);
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
