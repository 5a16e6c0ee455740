using Replication.Grpc.Api.V1;
using Replication.Grpc.Wire;

namespace Replication.Grpc.Remote;

/// <summary>What a failed attempt allows.</summary>
/// <param name="MayHaveEntered">Whether the write may stand in a log.</param>
/// <param name="MayRetry">Whether another attempt is safe and has a chance.</param>
/// <param name="IsUnreachable">Whether the node should be left alone for a moment.</param>
internal readonly record struct FailureVerdict(bool MayHaveEntered, bool MayRetry, bool IsUnreachable)
{
    /// <summary>Judges a failure. The one place that decides what is safe.</summary>
    public static FailureVerdict Of(RpcException failure, ReplicationError? error, CallKind kind)
    {
        if (error is { Outcome: WriteOutcome.Indeterminate })
        {
            return new FailureVerdict(true, kind != CallKind.Write, false);
        }

        if (error is not null)
        {
            return new FailureVerdict(false, IsPassing(error.Reason),
                error.Reason is RejectReason.NodeFailed or RejectReason.Stopping);
        }

        if (failure.WasNeverSent)
        {
            return new FailureVerdict(false, true, true);
        }

        if (failure.IsFromServer && IsRefusedUnseen(failure.StatusCode))
        {
            return new FailureVerdict(false, false, false);
        }

        // Nobody said what became of it.
        return new FailureVerdict(kind != CallKind.Read, kind != CallKind.Write, true);
    }

    /// <summary>Codes that the service gives, without details of ours, only before a handler runs.</summary>
    private static bool IsRefusedUnseen(StatusCode code) => code is
        StatusCode.Unimplemented or StatusCode.Unauthenticated or StatusCode.PermissionDenied
        or StatusCode.ResourceExhausted;

    private static bool IsPassing(RejectReason reason) => reason is
        RejectReason.NotLeader or RejectReason.NoQuorum or RejectReason.Overloaded or RejectReason.TransferInProgress
        or RejectReason.Stopping or RejectReason.Starting or RejectReason.NodeFailed;
}
