using Replication.Grpc.Api;
using Replication.Grpc.Api.V1;
using Replication.Grpc.Calls;
using Replication.Grpc.Wire;

namespace Replication.Grpc.Remote;

/// <summary>
/// Makes a call at the node that should lead, and again elsewhere while that is safe and there is time.
/// </summary>
internal sealed class RemoteCaller(EndpointSet endpoints, TimeSpan callTimeout, TimeSpan attemptTimeout,
    TimeProvider time)
{
    private static readonly TimeSpan PauseMin = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan PauseMax = TimeSpan.FromMilliseconds(200);

    /// <summary>Makes a call.</summary>
    /// <param name="method">The method.</param>
    /// <param name="request">The request; equal in all attempts.</param>
    /// <param name="kind">When it may be made again.</param>
    /// <param name="headerOf">Finds the header of a response, for the leader it names.</param>
    /// <param name="cancellationToken">Ends the call and its attempts.</param>
    public async Task<RemoteResult<TResponse>> CallAsync<TRequest, TResponse>(
        Method<TRequest, TResponse> method,
        TRequest request,
        CallKind kind,
        Func<TResponse, ResponseHeader?> headerOf,
        CancellationToken cancellationToken)
        where TResponse : class
    {
        long start = time.GetTimestamp();
        RemoteResult<TResponse> result = default;
        for (int attempt = 0; ; attempt++)
        {
            TimeSpan left = callTimeout - time.GetElapsedTime(start);
            if (cancellationToken.IsCancellationRequested || left <= TimeSpan.Zero)
            {
                return result with { IsCancelled = cancellationToken.IsCancellationRequested };
            }

            Endpoint endpoint = endpoints.Preferred;
            TimeSpan limit = kind == CallKind.Write || left < attemptTimeout ? left : attemptTimeout;
            try
            {
                TResponse response = await endpoint.Channel
                    .UnaryAsync(method, request, new CallOptions(limit, null, cancellationToken)).ConfigureAwait(false);
                if (headerOf(response)?.Leader is { Address.Length: > 0 } leader)
                {
                    endpoints.LeaderIs(leader.Address);
                }

                return new RemoteResult<TResponse> { Response = response };
            }
            catch (OperationCanceledException)
            {
                // Whether it had left already can't be told.
                return result with { IsCancelled = true, MayHaveEntered = true };
            }
            catch (RpcException e)
            {
                ReplicationError? error = ErrorDetails.Find(e);
                FailureVerdict verdict = FailureVerdict.Of(e, error, kind);
                result = new RemoteResult<TResponse>
                {
                    Failure = e,
                    Error = error,
                    MayHaveEntered = result.MayHaveEntered || verdict.MayHaveEntered,
                };
                bool isElsewhere = Redirect(endpoint, error, verdict);
                if (!verdict.MayRetry)
                {
                    return result;
                }

                await PauseAsync(attempt, isElsewhere, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Chooses where the next attempt goes.</summary>
    /// <returns>Whether it goes to a node that is named as the leader.</returns>
    private bool Redirect(Endpoint endpoint, ReplicationError? error, FailureVerdict verdict)
    {
        if (error is { Reason: RejectReason.Overloaded })
        {
            return false;
        }

        endpoints.Failed(endpoint, verdict.IsUnreachable);
        if (error?.Leader is { Address.Length: > 0 } leader)
        {
            endpoints.LeaderIs(leader.Address);
            return endpoints.Preferred != endpoint;
        }

        return false;
    }

    private async Task PauseAsync(int attempt, bool isElsewhere, CancellationToken cancellationToken)
    {
        // A named leader is asked at once, and each known node once, before any pause; but never in a tight circle.
        int round = attempt / Math.Max(1, endpoints.Count);
        if (attempt < 2 && isElsewhere)
        {
            return;
        }

        TimeSpan pause = PauseMin * Math.Pow(2, Math.Min(round, 10));
        pause = (pause < PauseMax ? pause : PauseMax) * (0.5 + (Random.Shared.NextDouble() / 2));
        try
        {
            await Task.Delay(pause, time, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The loop looks at the token.
        }
    }
}
