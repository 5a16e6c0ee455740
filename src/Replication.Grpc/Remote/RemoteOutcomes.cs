using Replication.Errors;
using Replication.Grpc.Api;
using Replication.Grpc.Api.V1;
using Replication.Kv;
using Replication.Raft.Primitives;
using RejectReason = Replication.Primitives.RejectReason;
using WireReason = Replication.Grpc.Api.V1.RejectReason;
using WriteOutcome = Replication.Primitives.WriteOutcome;

namespace Replication.Grpc.Remote;

/// <summary>Says in the words of the store how a remote call ended.</summary>
internal static class RemoteOutcomes
{
    public static KeyValueWriteResult ToStore(WriteResponse response)
    {
        WriteOutcome outcome = (WriteOutcome)response.Outcome;
        KeyValueOperationResult[] operations = new KeyValueOperationResult[response.Results.Count];
        for (int i = 0; i < operations.Length; i++)
        {
            OperationResult result = response.Results[i];
            operations[i] = new KeyValueOperationResult
            {
                Found = result.Found,
                Value = result.Value.Memory,
                Version = new LogIndex(result.Version),
            };
        }

        return new KeyValueWriteResult
        {
            Outcome = outcome,
            Leader = new NodeId(response.Header.Leader?.NodeId ?? response.Header.NodeId),
            Id = response.Position.ToLogId(),
            Operations = operations,
            FailedAt = outcome == WriteOutcome.ConditionFailed ? response.FailedAt : -1,
            Failure = (KeyValueFailure)response.Failure,
        };
    }

    public static KeyValueWriteResult OfFailedWrite(
        in RemoteResult<WriteResponse> result, string group, CancellationToken cancellationToken)
    {
        if (result.MayHaveEntered)
        {
            // Also if the last attempt was rejected: an earlier one may stand in a log.
            return Result(WriteOutcome.Indeterminate, RejectReason.None, result.Error);
        }

        if (result.IsCancelled)
        {
            throw new OperationCanceledException("The write was cancelled before it was sent.", cancellationToken);
        }

        ThrowIfMistake(result.Failure?.Status.Detail, result.Error, group);
        if (result.Error is null && result.Failure is { WasNeverSent: false } failure)
        {
            throw new ReplicationException($"The write to '{group}' was refused: {failure.Status}.", failure);
        }

        return Result(WriteOutcome.Rejected, ReasonOf(result.Error), result.Error);
    }

    public static Exception OfFailedRead<TResponse>(
        in RemoteResult<TResponse> result, string group, CancellationToken cancellationToken)
        where TResponse : class
    {
        if (result.IsCancelled)
        {
            return new OperationCanceledException("The read was cancelled.", cancellationToken);
        }

        string detail = result.Failure?.Status.ToString() ?? "there was no time for an attempt";
        ThrowIfMistake(result.Failure?.Status.Detail, result.Error, group);
        if (result.Error is null && result.Failure is { } failure
            && !FailureVerdict.Of(failure, null, CallKind.Read).MayRetry)
        {
            return new ReplicationException($"The call to '{group}' was refused: {failure.Status}.", failure);
        }

        return new QuorumUnavailableException(
            $"No node could answer for '{group}' in time; the last said: {detail}.",
            ReasonOf(result.Error),
            new NodeId(result.Error?.Leader?.NodeId ?? 0));
    }

    private static void ThrowIfMistake(string? detail, ReplicationError? error, string group)
    {
        switch (error?.Reason)
        {
            case WireReason.InvalidArgument:
                throw new ArgumentException(detail);
            case WireReason.UnknownGroup:
                throw new ArgumentException($"There is no key-value store '{group}': {detail}");
        }
    }

    /// <summary>
    /// Reasons that only the service knows (a node failed, starting, not reached) mean for a client: no quorum for it.
    /// </summary>
    private static RejectReason ReasonOf(ReplicationError? error) =>
        error is { Reason: > WireReason.None and < WireReason.UnknownGroup } ? (
            RejectReason)error.Reason : RejectReason.NoQuorum;

    private static KeyValueWriteResult Result(WriteOutcome outcome, RejectReason reason, ReplicationError? error) =>
        new()
    {
        Outcome = outcome,
        Reason = reason,
        Leader = new NodeId(error?.Leader?.NodeId ?? 0),
        Id = error?.Position.ToLogId() ?? default,
        Operations = [],
        FailedAt = -1,
    };
}
