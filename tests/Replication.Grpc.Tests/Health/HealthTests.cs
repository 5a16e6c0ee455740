using Replication.Grpc.Calls;
using Replication.Grpc.Health;
using Replication.Grpc.Tests.Api;
using Replication.Grpc.Tests.Calls;
using Replication.Grpc.Tests.Peers;
using Replication.Grpc.Wire;
using static Replication.Grpc.Health.HealthCheckResponse.Types;

namespace Replication.Grpc.Tests.Health;

public class HealthTests
{
    [Theory]
    [InlineData("")]
    [InlineData("replication.v1.KeyValue")]
    public async Task Check_follows_the_life_of_the_host(string service)
    {
        await using ServedNode node = await new ServedNode(1, TestNode.Members(1)).StartAsync(serve: false);
        Assert.Equal(ServingStatus.NotServing, await CheckAsync(node, service));
        node.Serve();
        Assert.Equal(ServingStatus.Serving, await CheckAsync(node, service));
        await node.Faulted.CancelAsync();
        Assert.Equal(ServingStatus.NotServing, await CheckAsync(node, service));
    }

    [Fact]
    public async Task Check_of_a_stranger_is_not_found()
    {
        await using ServedNode node = await new ServedNode(1, TestNode.Members(1)).StartAsync();
        RpcException e = await Assert.ThrowsAsync<RpcException>(() => CheckAsync(node, "other.Service"));
        Assert.Equal(StatusCode.NotFound, e.StatusCode);
    }

    [Fact]
    public async Task Watch_tells_every_change_and_ends_when_the_caller_goes()
    {
        await using ServedNode node = await new ServedNode(1, TestNode.Members(1)).StartAsync(serve: false);
        using ServerStream<HealthCheckRequest, HealthCheckResponse> watch =
            new(node.Channel.Address, HealthMethods.Watch, new HealthCheckRequest());
        Assert.True(await watch.ReadAsync());
        Assert.Equal(ServingStatus.NotServing, watch.Current.Status);
        node.Serve();
        Assert.True(await watch.ReadAsync());
        Assert.Equal(ServingStatus.Serving, watch.Current.Status);
        await node.Faulted.CancelAsync();
        Assert.True(await watch.ReadAsync());
        Assert.Equal(ServingStatus.NotServing, watch.Current.Status);

        using ServerStream<HealthCheckRequest, HealthCheckResponse> stranger =
            new(node.Channel.Address, HealthMethods.Watch, new HealthCheckRequest { Service = "x" });
        Assert.True(await stranger.ReadAsync());
        Assert.Equal(ServingStatus.ServiceUnknown, stranger.Current.Status);
    }

    private static async Task<ServingStatus> CheckAsync(ServedNode node, string service) =>
        (await node.Channel.UnaryAsync(
            HealthMethods.Check, new HealthCheckRequest { Service = service },
                new CallOptions(TimeSpan.FromSeconds(30)))).Status;
}
