using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;
using Replication.Grpc.Peers;
using Replication.Raft.Primitives;
using Replication.Storage.Identity;

namespace Replication.Grpc.Tests.Peers;

/// <summary>The dialling side, against a peer that does what no node would.</summary>
public class PeerConnectionTests
{
    private readonly ClusterMember[] _members = TestNode.Members(2);
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task A_peer_that_takes_the_connection_and_says_nothing_is_given_up()
    {
        using RawListener peer = new(_members[1]);
        await using TestNode one = await new TestNode(1, _members, time: _time).StartAsync();
        (TcpClient control, _) = await peer.AcceptAsync();
        using (control)
        {
            _time.Advance(TimeSpan.FromSeconds(20.1));
            Assert.Contains("did not open within 20000 ms", await one.Log.LineAsync(2032), StringComparison.Ordinal);
            Assert.Equal(0, await control.GetStream().ReadAsync(new byte[1]));
        }
    }

    [Fact]
    public async Task An_answer_that_is_too_long_for_a_hello_is_not_waited_for()
    {
        using RawListener peer = new(_members[1]);
        await using TestNode one = await new TestNode(1, _members, time: _time).StartAsync();
        (TcpClient control, _) = await peer.AcceptAsync();
        using (control)
        {
            await control.GetStream().WriteAsync((byte[])[0, 0, 0, 0x10, 1]);
            Assert.Contains("at most 4096", await one.Log.LineAsync(2032), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_time_that_the_other_connection_took_to_open_is_no_silence()
    {
        using RawListener peer = new(_members[1]);
        await using TestNode one = await new TestNode(1, _members, time: _time).StartAsync();
        (TcpClient control, PeerStream first) = await peer.AcceptAsync();
        await peer.AnswerAsync(control, first);
        (TcpClient bulk, PeerStream second) = await peer.AcceptAsync();
        using (control)
        using (bulk)
        {
            _time.Advance(TimeSpan.FromSeconds(10));
            await peer.AnswerAsync(bulk, second);
            await one.ConnectedTo(2);
            _time.Advance(TimeSpan.FromSeconds(1.1));
            Assert.Empty(await RawPeer.ReadFrameAsync(control.GetStream()));
            Assert.Empty(await RawPeer.ReadFrameAsync(bulk.GetStream()));
            Assert.True(one.Transport.IsConnectedTo(new NodeId(2)));
        }
    }

    [Fact]
    public async Task A_peer_that_answers_is_kept()
    {
        TimerWatch time = new();
        using RawListener peer = new(_members[1]);
        await using TestNode one = await new TestNode(1, _members, time: time).StartAsync();
        (TcpClient control, TcpClient bulk) = await peer.AcceptBothAsync();
        using (control)
        using (bulk)
        {
            await one.ConnectedTo(2);
            for (int second = 1; second <= 10; second++)
            {
                time.Advance(TimeSpan.FromSeconds(1));
                Assert.Empty(await RawPeer.ReadFrameAsync(control.GetStream()));
                Assert.Empty(await RawPeer.ReadFrameAsync(bulk.GetStream()));
                await time.LookedAtAsync(() => control.GetStream().WriteAsync(PeerProtocol.Frame([])).AsTask());
                await time.LookedAtAsync(() => bulk.GetStream().WriteAsync(PeerProtocol.Frame([])).AsTask());
            }

            Assert.True(one.Transport.IsConnectedTo(new NodeId(2)));
        }
    }

    [Fact]
    public async Task The_host_hears_of_each_connection_and_of_its_end_and_what_waited_is_dropped()
    {
        using RawListener peer = new(_members[1]);
        await using TestNode one = await new TestNode(1, _members, time: _time).StartAsync();
        (TcpClient control, TcpClient bulk) = await peer.AcceptBothAsync();
        await one.ConnectedTo(2);
        await one.DisconnectionAsync();
        one.ForgetDisconnections();

        // The peer reads nothing: most of this waits.
        for (int i = 2; i < 202; i++)
        {
            one.Send(2, TestNode.Bulk(1, 2, i, 100_000));
        }

        PeerQueue queue = one.Transport.LinkTo(new NodeId(2)).Bulk;
        Assert.NotEqual(0, queue.Bytes);
        control.Dispose();
        await one.Log.LineAsync(2031, "closed the connection");
        await one.DisconnectionAsync();
        Assert.Equal(0, queue.Bytes);
        Assert.NotEqual(0, queue.Dropped);
        bulk.Dispose();
    }

    [Fact]
    public async Task A_peer_that_dials_is_dialled_at_once()
    {
        // On a clock that stands no pause ends by itself.
        await using TestNode one = await new TestNode(1, _members, time: _time).StartAsync();
        await one.Log.LineAsync(2032);
        await using TestNode two = await new TestNode(2, _members).StartAsync();
        await one.ConnectedTo(2);
    }
}
