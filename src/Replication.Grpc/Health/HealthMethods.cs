using Replication.Grpc.Serving;
using Replication.Grpc.Wire;
using static Replication.Grpc.Health.HealthCheckResponse.Types;

namespace Replication.Grpc.Health;

/// <summary>
/// The standard health service: the server as a whole (empty name) and the key-value service are one.
/// </summary>
internal sealed class HealthMethods(HealthState state)
{
    private const string Service = "grpc.health.v1.Health";
    private const string KeyValueService = "replication.v1.KeyValue";

    public static readonly Method<HealthCheckRequest, HealthCheckResponse> Check = New("Check");
    public static readonly Method<HealthCheckRequest, HealthCheckResponse> Watch = New("Watch");

    public void AddTo(ServiceTable services)
    {
        services.Add(Check, (request, _) => new(Answer(request.Service)));
        services.Add(Watch, WatchAsync);
    }

    private static Method<HealthCheckRequest, HealthCheckResponse> New(string name) =>
        new(
            Service,
            name,
            new ProtobufMarshaller<HealthCheckRequest>(HealthCheckRequest.Parser),
            new ProtobufMarshaller<HealthCheckResponse>(HealthCheckResponse.Parser));

    private static bool IsKnown(string service) => service is "" or KeyValueService;

    private HealthCheckResponse Answer(string service) =>
        IsKnown(service)
            ? new HealthCheckResponse { Status = state.IsServing ? ServingStatus.Serving : ServingStatus.NotServing }
            : throw new RpcException(StatusCode.NotFound, $"This server has no service '{service}'.");

    private async Task WatchAsync(
        MessageReader<HealthCheckRequest> requests, MessageWriter<HealthCheckResponse> responses,
            ServerCallContext context)
    {
        if (!await requests.ReadAsync(context.CancellationToken).ConfigureAwait(false))
        {
            throw new RpcException(StatusCode.Internal, "The call has no request message.");
        }

        bool isKnown = IsKnown(requests.Current.Service);
        while (true)
        {
            (bool isServing, Task changed) = state.Observe();
            HealthCheckResponse answer = new()
            {
                Status = !isKnown ? ServingStatus.ServiceUnknown
                    : isServing ? ServingStatus.Serving : ServingStatus.NotServing,
            };
            await responses.WriteAsync(answer, context.CancellationToken).ConfigureAwait(false);
            await changed.WaitAsync(context.CancellationToken).ConfigureAwait(false);
        }
    }
}
