using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Replication.Grpc.Api.V1;
using Replication.Grpc.Wire;
using Status = Replication.Grpc.Wire.Status;

namespace Replication.Grpc.Api;

/// <summary>Puts a <see cref="ReplicationError"/> into the status of a call, and gets it out again.</summary>
internal static class ErrorDetails
{
    /// <summary>Makes the exception that ends a call with an error.</summary>
    public static RpcException ToException(ReplicationError error, string message, Exception? inner = null)
    {
        StatusCode code = CodeOf(error);
        Rpc.Status details = new() { Code = (int)code, Message = message };
        details.Details.Add(Any.Pack(error));
        return new RpcException(
            new Status(code, message), new Metadata().Add(GrpcHeaders.StatusDetails, details.ToByteArray()), inner);
    }

    /// <summary>Finds the error in how a call ended; null if it carries none.</summary>
    public static ReplicationError? Find(RpcException exception)
    {
        if (exception.Details is not { } bytes)
        {
            return null;
        }

        try
        {
            foreach (Any detail in Rpc.Status.Parser.ParseFrom(bytes).Details)
            {
                if (detail.TryUnpack(out ReplicationError error))
                {
                    return error;
                }
            }
        }
        catch (InvalidProtocolBufferException)
        {
            // Details that nobody can read are none.
        }

        return null;
    }

    private static StatusCode CodeOf(ReplicationError error) => error.Outcome == WriteOutcome.Indeterminate
        ? StatusCode.Unknown
        : error.Reason switch
        {
            RejectReason.NotLeader when error.Leader is not null => StatusCode.FailedPrecondition,
            RejectReason.NotLeader or RejectReason.NoQuorum or RejectReason.TransferInProgress
                or RejectReason.Stopping or RejectReason.NodeFailed or RejectReason.Starting => StatusCode.Unavailable,
            RejectReason.Overloaded or RejectReason.DiskFull or RejectReason.LogFull or RejectReason.SessionsFull =>
                StatusCode.ResourceExhausted,
            RejectReason.SessionExpired => StatusCode.FailedPrecondition,
            RejectReason.SequenceReused or RejectReason.InvalidArgument => StatusCode.InvalidArgument,
            RejectReason.SequenceOutOfWindow => StatusCode.OutOfRange,
            RejectReason.UnknownGroup => StatusCode.NotFound,
            _ => StatusCode.Internal,
        };
}
