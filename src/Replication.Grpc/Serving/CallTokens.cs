namespace Replication.Grpc.Serving;

/// <summary>The token of one call, made of the caller's presence, the server's life and the deadline.</summary>
internal sealed class CallTokens : IDisposable
{
    private readonly CancellationTokenSource? _deadline;
    private readonly CancellationTokenSource _all;

    public CallTokens(TimeSpan? timeout, TimeProvider time, CancellationToken aborted, CancellationToken stopping)
    {
        if (timeout is { } limit)
        {
            // A timer holds at most about 49 days; a longer deadline is none in practice.
            TimeSpan longest = TimeSpan.FromMilliseconds(uint.MaxValue - 1);
            _deadline = new CancellationTokenSource(limit < longest ? limit : longest, time);
            _all = CancellationTokenSource.CreateLinkedTokenSource(aborted, stopping, _deadline.Token);
        }
        else
        {
            _all = CancellationTokenSource.CreateLinkedTokenSource(aborted, stopping);
        }
    }

    public CancellationToken Token => _all.Token;

    public bool IsDeadlinePassed => _deadline?.IsCancellationRequested == true;

    public void Dispose()
    {
        _all.Dispose();
        _deadline?.Dispose();
    }
}
