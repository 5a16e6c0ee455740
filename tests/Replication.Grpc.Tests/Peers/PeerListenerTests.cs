using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Replication.Grpc.Peers;
using Replication.Storage.Identity;

namespace Replication.Grpc.Tests.Peers;

/// <summary>The accepting side, against a dialler that does what no node would.</summary>
public class PeerListenerTests
{
    private readonly ClusterMember[] _members = TestNode.Members(1);

    [Fact]
    public async Task Who_says_nothing_is_not_waited_for()
    {
        TimerWatch time = new(TimeSpan.FromSeconds(30));
        await using TestNode one = await new TestNode(1, _members, time: time).StartAsync();
        using TcpClient stranger = await RawPeer.ConnectAsync(_members[0].Address);
        await stranger.GetStream().WriteAsync(PeerProtocol.Preface[..5].ToArray());
        await time.Armed;
        time.Advance(TimeSpan.FromSeconds(30.1));
        Assert.Equal(0, await ReadAsync(stranger));
    }

    [Fact]
    public async Task Who_names_itself_a_peer_and_sends_no_hello_is_refused()
    {
        TimerWatch time = new(TimeSpan.FromSeconds(20));
        await using TestNode one = await new TestNode(1, _members, time: time).StartAsync();
        using TcpClient stranger = await RawPeer.ConnectAsync(_members[0].Address);
        await stranger.GetStream().WriteAsync(PeerProtocol.Preface.ToArray());
        await time.Armed;
        time.Advance(TimeSpan.FromSeconds(20.1));
        ReadOnlySequence<byte> answer = new(await RawPeer.ReadFrameAsync(stranger.GetStream()));
        Assert.Contains("No hello came within 20000 ms",
            Assert.Throws<PeerRefusedException>(() => PeerProtocol.Read(answer)).Message, StringComparison.Ordinal);
        Assert.Contains("No hello", await one.Log.LineAsync(2033), StringComparison.Ordinal);
        Assert.Equal(0, await ReadAsync(stranger));
    }

    [Fact]
    public async Task A_hello_that_is_too_long_is_refused_before_it_has_come()
    {
        await using TestNode one = await new TestNode(1, _members).StartAsync();
        PeerRefusedException e = await Assert.ThrowsAsync<PeerRefusedException>(
            () => RawPeer.AnswerAsync(_members[0].Address, [0, 0, 0, 0x10, 1]));
        Assert.Contains("at most 4096", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_host_hears_that_a_dialler_has_gone()
    {
        await using TestNode one = await new TestNode(1, _members).StartAsync();
        using (TcpClient peer = await RawPeer.ConnectAsync(_members[0].Address))
        {
            byte[] hello = PeerProtocol.Frame(PeerProtocol.Write(new MemoryJudge(2).Hello, PeerStream.Bulk));
            await peer.GetStream().WriteAsync((byte[])[.. PeerProtocol.Preface, .. hello]);
            await RawPeer.ReadFrameAsync(peer.GetStream());
        }

        await one.DisconnectionAsync();
    }

    [Fact]
    public async Task Who_closes_a_transport_a_second_time_waits_for_the_first()
    {
        TestNode one = await new TestNode(1, _members).StartAsync();
        Task first = one.DisposeAsync().AsTask();
        await one.DisposeAsync();
        Assert.True(first.IsCompleted);
    }

    [Fact]
    public void The_system_looks_whether_a_dialler_is_still_there()
    {
        using Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
        PeerKeepAlive.Set(socket, TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(7));
        Assert.NotEqual(0, Option(socket, SocketOptionLevel.Socket, SocketOptionName.KeepAlive));
        Assert.Equal(3, Option(socket, SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime));
        Assert.Equal(1, Option(socket, SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval));
        Assert.Equal(7, Option(socket, SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount));
        if (OperatingSystem.IsLinux())
        {
            byte[] milliseconds = new byte[4];
            socket.GetRawSocketOption(6, 18, milliseconds);
            Assert.Equal(10_000, BitConverter.ToInt32(milliseconds));
        }
    }

    [Fact]
    public async Task Each_dialler_is_looked_after_so()
    {
        using Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
        Pipe arriving = new();
        Pipe leaving = new();
        await arriving.Writer.WriteAsync(PeerProtocol.Preface.ToArray());
        await arriving.Writer.CompleteAsync();
        await using DefaultConnectionContext connection = new("1")
        {
            Transport = new Ends(arriving.Reader, leaving.Writer),
        };
        connection.Features.Set<IConnectionSocketFeature>(new Held(socket));
        await using TestNode node = new(1, _members);

        await ListenerOf(node).RunAsync(connection, _ => throw new InvalidOperationException(), CancellationToken.None);

        Assert.NotEqual(0, Option(socket, SocketOptionLevel.Socket, SocketOptionName.KeepAlive));
        Assert.Equal(7, Option(socket, SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(14)]
    public async Task A_dialler_that_the_network_swallows_is_no_failure_of_this_node(int bytesBefore)
    {
        Pipe arriving = new();
        Pipe leaving = new();
        await arriving.Writer.WriteAsync(PeerProtocol.Preface[..Math.Min(bytesBefore, PeerProtocol.Preface.Length)]
            .ToArray());
        await arriving.Writer.CompleteAsync(new SocketException((int)SocketError.TimedOut));
        await using DefaultConnectionContext connection = new("1")
        {
            Transport = new Ends(arriving.Reader, leaving.Writer),
        };
        await using TestNode node = new(1, _members);
        await ListenerOf(node).RunAsync(
            connection, _ => throw new InvalidOperationException(), CancellationToken.None);
    }

    private static PeerListener ListenerOf(TestNode node) => new(new PeerListenerSettings
    {
        Judge = node.Judge,
        UsesTls = false,
        Handler = node,
        Opened = _ => { },
        ConnectTimeout = TimeSpan.FromSeconds(20),
        KeepAliveInterval = TimeSpan.FromSeconds(3),
        KeepAliveTimeout = TimeSpan.FromSeconds(7),
        Logger = node.Log,
        Time = TimeProvider.System,
    });

    private static int Option(Socket socket, SocketOptionLevel level, SocketOptionName name) =>
        (int)socket.GetSocketOption(level, name)!;

    private static async Task<int> ReadAsync(TcpClient client) =>
        await client.GetStream().ReadAsync(new byte[1]).AsTask().WaitAsync(TimeSpan.FromSeconds(30));

    private sealed record Ends(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    private sealed record Held(Socket Socket) : IConnectionSocketFeature;
}
