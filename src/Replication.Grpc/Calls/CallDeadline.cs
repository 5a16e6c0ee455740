using Replication.Grpc.Wire;

namespace Replication.Grpc.Calls;

/// <summary>The token of a call on the client's side, and what an exception means once it has fired.</summary>
internal sealed class CallDeadline : IDisposable
{
    private readonly CancellationTokenSource? _deadline;
    private readonly CancellationTokenSource _all;
    private readonly CancellationToken _caller;

    public CallDeadline(CallOptions options, TimeProvider time)
    {
        _caller = options.CancellationToken;
        if (options.Timeout is { } timeout)
        {
            TimeSpan longest = TimeSpan.FromMilliseconds(uint.MaxValue - 1);
            TimeSpan limit = timeout < TimeSpan.Zero ? TimeSpan.Zero : timeout;
            _deadline = new CancellationTokenSource(limit < longest ? limit : longest, time);
        }

        _all = CancellationTokenSource.CreateLinkedTokenSource(_caller, _deadline?.Token ?? CancellationToken.None);
        Token = _all.Token;
    }

    public CancellationToken Token { get; }

    /// <summary>Says what went wrong: the caller's cancellation, the deadline, or how the exchange failed.</summary>
    /// <param name="error">What was thrown.</param>
    /// <param name="isTaken">Whether a connection had taken the request's message.</param>
    public Exception Explain(Exception error, bool isTaken)
    {
        if (error is RpcException)
        {
            return error;
        }

        if (_caller.IsCancellationRequested)
        {
            return new OperationCanceledException("The call was cancelled; the server may have done its work.", error,
                _caller);
        }

        if (_deadline?.IsCancellationRequested == true)
        {
            return new RpcException(
                new Status(StatusCode.DeadlineExceeded, "The deadline of the call has passed."), null, error)
            {
                WasNeverSent = !isTaken,
            };
        }

        return error is OperationCanceledException
            ? new RpcException(new Status(StatusCode.Cancelled, "The call was ended here."), null, error)
            : ResponseStatus.FromFailure(error);
    }

    public void Dispose()
    {
        _all.Dispose();
        _deadline?.Dispose();
    }
}
