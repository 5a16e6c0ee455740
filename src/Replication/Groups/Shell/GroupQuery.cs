namespace Replication.Groups.Shell;

/// <summary>A query that runs on the executor, between two turns' applies.</summary>
/// <typeparam name="T">Its result.</typeparam>
internal sealed class GroupQuery<T>(Func<T> query, CancellationToken cancellationToken) : ExecutorItem
{
    private readonly TaskCompletionSource<T> _source = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<T> Task => _source.Task;

    public override void Deliver(GroupExecutor executor)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            _source.TrySetCanceled(cancellationToken);
            return;
        }

        try
        {
            _source.TrySetResult(query());
        }
        catch (Exception error)
        {
            // The query is the caller's code: its error is the caller's, the group goes on.
            _source.TrySetException(error);
        }
    }

    public override void Refuse(Exception error) => _source.TrySetException(HostErrors.For(error));
}
