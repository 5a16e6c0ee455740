using Replication.Grpc.Wire;

namespace Replication.Grpc.Tests.Calls;

public class StreamingTests
{
    [Theory]
    [InlineData(5, "0")]
    [InlineData(7, "10")]
    public async Task A_server_stream_ends_with_its_status_after_its_messages(int count, string status)
    {
        await using EchoServer server = await new EchoServer().StartAsync();
        using var call = Repeat(server, count);
        for (int i = 0; i < count; i++)
        {
            Assert.True(await call.ReadAsync());
            Assert.Equal(i, BitConverter.ToInt32(call.Current.Span));
        }

        Assert.False(await call.ReadAsync());
        Assert.Equal(status, call.Trailer(GrpcHeaders.Status));
    }

    [Fact]
    public async Task A_caller_that_goes_away_ends_its_stream_and_no_other()
    {
        await using EchoServer server = await new EchoServer().StartAsync();
        using (var call = Repeat(server, EchoServer.Endless))
        {
            Assert.True(await call.ReadAsync());
        }

        await server.Cancelled.Task.WaitAsync(TimeSpan.FromSeconds(60));
        using var other = Repeat(server, 1);
        Assert.True(await other.ReadAsync());
    }

    [Fact]
    public async Task Stopping_the_server_ends_open_streams()
    {
        await using EchoServer server = await new EchoServer().StartAsync();
        using var call = Repeat(server, EchoServer.Endless);
        Assert.True(await call.ReadAsync());
        await server.Listener.StopAsync(TimeSpan.FromSeconds(10));
        Assert.False(await call.ReadAsync());
        Assert.Equal("14", call.Trailer(GrpcHeaders.Status));
    }

    private static ServerStream<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> Repeat(EchoServer server, int count) =>
        new(server.Channel.Address, EchoServer.Repeat, BitConverter.GetBytes(count));
}
