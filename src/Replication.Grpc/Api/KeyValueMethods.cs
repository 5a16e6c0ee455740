using Google.Protobuf;
using Replication.Grpc.Api.V1;
using Replication.Grpc.Wire;

namespace Replication.Grpc.Api;

/// <summary>The methods of <c>replication.v1.KeyValue</c>, as both ends know them.</summary>
internal static class KeyValueMethods
{
    public static readonly Method<GetRequest, GetResponse> Get = New("Get", GetRequest.Parser, GetResponse.Parser);

    public static readonly Method<ScanRequest, ScanResponse> Scan =
        New("Scan", ScanRequest.Parser, ScanResponse.Parser);

    public static readonly Method<PutRequest, WriteResponse> Put = New("Put", PutRequest.Parser, WriteResponse.Parser);

    public static readonly Method<DeleteRequest, WriteResponse> Delete =
        New("Delete", DeleteRequest.Parser, WriteResponse.Parser);

    public static readonly Method<CompareAndSetRequest, WriteResponse> CompareAndSet =
        New("CompareAndSet", CompareAndSetRequest.Parser, WriteResponse.Parser);

    public static readonly Method<AppendRequest, WriteResponse> Append =
        New("Append", AppendRequest.Parser, WriteResponse.Parser);

    public static readonly Method<BatchRequest, WriteResponse> Batch =
        New("Batch", BatchRequest.Parser, WriteResponse.Parser);

    public static readonly Method<OpenSessionRequest, OpenSessionResponse> OpenSession =
        New("OpenSession", OpenSessionRequest.Parser, OpenSessionResponse.Parser);

    public static readonly Method<CloseSessionRequest, CloseSessionResponse> CloseSession =
        New("CloseSession", CloseSessionRequest.Parser, CloseSessionResponse.Parser);

    public static readonly Method<StatusRequest, StatusResponse> Status =
        New("Status", StatusRequest.Parser, StatusResponse.Parser);

    private static Method<TRequest, TResponse> New<TRequest, TResponse>(
        string name, MessageParser<TRequest> request, MessageParser<TResponse> response)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse> =>
        new(
            "replication.v1.KeyValue",
            name,
            new ProtobufMarshaller<TRequest>(request),
            new ProtobufMarshaller<TResponse>(response));
}
