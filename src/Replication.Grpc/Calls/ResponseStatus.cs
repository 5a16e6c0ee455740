using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Replication.Grpc.Wire;

namespace Replication.Grpc.Calls;

/// <summary>Finds the status of a call in what HTTP brought, or in how it failed.</summary>
internal static class ResponseStatus
{
    private const int RefusedStream = 7;
    private const int Cancel = 8;
    private const int EnhanceYourCalm = 11;
    private const int InadequateSecurity = 12;

    /// <summary>Throws if the headers show that no messages will follow.</summary>
    public static void ThrowIfFailed(HttpResponseMessage response)
    {
        if (response.Headers.NonValidated.TryGetValues(GrpcHeaders.Status, out _))
        {
            ThrowUnlessOk(response.Headers);
        }

        if (response.StatusCode != HttpStatusCode.OK)
        {
            throw new RpcException(FromHttp(response.StatusCode),
                $"The server answered HTTP {(int)response.StatusCode}.")
            {
                IsFromServer = true,
            };
        }

        if (!response.Content.Headers.NonValidated.TryGetValues("content-type", out HeaderStringValues type)
            || !GrpcHeaders.IsGrpc(type.ToString()))
        {
            throw new RpcException(StatusCode.Unknown, $"The server answered with content type '{type}', not gRPC.");
        }
    }

    /// <summary>Reads the status at the end of the messages.</summary>
    public static void ThrowUnlessOk(HttpResponseMessage response) =>
        ThrowUnlessOk(
            response.Headers.NonValidated.TryGetValues(GrpcHeaders.Status,
                out _) ? response.Headers : response.TrailingHeaders);

    /// <summary>Says what a failed exchange means for a call.</summary>
    public static RpcException FromFailure(Exception error)
    {
        switch (error)
        {
            case RpcException rpc:
                return rpc;
            case HttpRequestException
            {
                HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError
                or HttpRequestError.SecureConnectionError
            }:
                return new RpcException(
                    new Status(StatusCode.Unavailable, "No connection: " + Innermost(error).Message), null, error)
                {
                    WasNeverSent = true,
                };
        }

        if (Find<HttpProtocolException>(error) is { } reset)
        {
            return new RpcException(new Status(FromReset(reset.ErrorCode), reset.Message), null, error)
            {
                WasNeverSent = reset.ErrorCode == RefusedStream,
            };
        }

        return new RpcException(
            new Status(StatusCode.Unavailable, "The connection broke: " + Innermost(error).Message), null, error);
    }

    private static void ThrowUnlessOk(HttpResponseHeaders headers)
    {
        HttpHeadersNonValidated values = headers.NonValidated;
        if (!values.TryGetValues(GrpcHeaders.Status, out HeaderStringValues text))
        {
            throw new RpcException(StatusCode.Internal, "The response ended without a status.");
        }

        string number = text.ToString();
        if (number == "0")
        {
            return;
        }

        StatusCode code =
            int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture,
            out int value) && value is > 0 and <= 16
            ? (StatusCode)value
            : StatusCode.Unknown;
        string detail = values.TryGetValues(GrpcHeaders.Message, out HeaderStringValues message)
            ? PercentEncoding.Decode(message.ToString())
            : "";
        Metadata trailers = new();
        foreach ((string name, HeaderStringValues entries) in values)
        {
            if (GrpcHeaders.IsReserved(name))
            {
                continue;
            }

            foreach (string entry in entries)
            {
                trailers.AddReceived(name, entry);
            }
        }

        throw new RpcException(new Status(code, detail), trailers) { IsFromServer = true };
    }

    private static StatusCode FromHttp(HttpStatusCode status) => status switch
    {
        HttpStatusCode.BadRequest => StatusCode.Internal,
        HttpStatusCode.Unauthorized => StatusCode.Unauthenticated,
        HttpStatusCode.Forbidden => StatusCode.PermissionDenied,
        HttpStatusCode.NotFound => StatusCode.Unimplemented,
        HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable
            or HttpStatusCode.GatewayTimeout => StatusCode.Unavailable,
        _ => StatusCode.Unknown,
    };

    private static StatusCode FromReset(long errorCode) => errorCode switch
    {
        RefusedStream => StatusCode.Unavailable,
        Cancel => StatusCode.Cancelled,
        EnhanceYourCalm => StatusCode.ResourceExhausted,
        InadequateSecurity => StatusCode.PermissionDenied,
        _ => StatusCode.Internal,
    };

    private static T? Find<T>(Exception? error)
        where T : Exception
    {
        while (error is not null and not T)
        {
            error = error.InnerException;
        }

        return (T?)error;
    }

    private static Exception Innermost(Exception error)
    {
        while (error.InnerException is { } inner)
        {
            error = inner;
        }

        return error;
    }
}
