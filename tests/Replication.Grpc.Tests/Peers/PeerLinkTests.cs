using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;
using Replication.Grpc.Peers;
using Replication.Grpc.Tests.Calls;
using Replication.Raft.Messages;
using Replication.Raft.Primitives;
using Replication.Storage.Identity;
using Replication.Transport;

namespace Replication.Grpc.Tests.Peers;

public class PeerLinkTests
{
    [Fact]
    public async Task Messages_of_both_kinds_arrive_in_order_with_the_sender_that_was_checked()
    {
        ClusterMember[] members = TestNode.Members(2);
        await using TestNode one = await new TestNode(1, members).StartAsync();
        await using TestNode two = await new TestNode(2, members).StartAsync();
        await one.ConnectedTo(2);
        await two.ConnectedTo(1);

        for (int i = 1; i <= 500; i++)
        {
            one.Send(2, TestNode.Small(1, 2, i));
        }

        for (int i = 1; i <= 500; i++)
        {
            (NodeId from, PeerMessage message) = await two.NextAsync();
            Assert.Equal(new NodeId(1), from);
            Assert.Equal(i, Assert.IsType<Heartbeat>(Assert.IsType<RaftPeerMessage>(message).Message).Round);
        }

        two.Send(1, TestNode.Bulk(2, 1, 5, 300_000));
        RaftPeerMessage bulk = Assert.IsType<RaftPeerMessage>((await one.NextAsync()).Message);
        Assert.Equal(300_000, Assert.Single(bulk.Entries).Payload.Length);
        Assert.Equal(0, one.Transport.DroppedMessages);
    }

    [Fact]
    public async Task A_blocked_bulk_stream_does_not_hold_control_messages_back()
    {
        using ManualResetEventSlim release = new();
        ClusterMember[] members = TestNode.Members(2);
        await using TestNode one = await new TestNode(1, members).StartAsync();
        await using TestNode two = new(2, members);
        two.OnReceived = message =>
        {
            if (message.IsBulk)
            {
                release.Wait(TimeSpan.FromSeconds(60));
            }
        };
        await two.StartAsync();
        await one.ConnectedTo(2);

        // More than every window and buffer between the two holds.
        for (int i = 2; i < 402; i++)
        {
            one.Send(2, TestNode.Bulk(1, 2, i, 100_000));
        }

        for (int i = 1; i <= 2000; i++)
        {
            one.Send(2, TestNode.Small(1, 2, i));
        }

        for (int i = 1; i <= 2000; i++)
        {
            RaftPeerMessage message = Assert.IsType<RaftPeerMessage>((await two.NextAsync()).Message);
            Assert.Equal(i, Assert.IsType<Heartbeat>(message.Message).Round);
        }

        // The bulk stream really was full: much of it never left.
        Assert.InRange(one.Transport.LinkTo(new NodeId(2)).Bulk.Bytes, 10_000_000, 40_100_000);
        release.Set();
        for (int i = 2; i < 402; i++)
        {
            RaftPeerMessage message = Assert.IsType<RaftPeerMessage>((await two.NextAsync()).Message);
            Assert.Equal(i, Assert.IsType<AppendEntries>(message.Message).LastIndex.Value);
        }
    }

    [Fact]
    public async Task A_full_queue_drops_counts_and_tells_the_host_that_something_is_lost()
    {
        using ManualResetEventSlim release = new();
        ClusterMember[] members = TestNode.Members(2);
        await using TestNode one = await new TestNode(1, members, o => o.BulkQueueBytesMax = 4 << 20).StartAsync();
        await using TestNode two = new(2, members) { OnReceived = _ => release.Wait(TimeSpan.FromSeconds(60)) };
        await two.StartAsync();
        await one.ConnectedTo(2);
        await two.ConnectedTo(1);
        one.ForgetDisconnections();

        for (int i = 2; i < 402; i++)
        {
            one.Send(2, TestNode.Bulk(1, 2, i, 100_000));
        }

        Assert.InRange(one.Transport.DroppedMessages, 200, 399);
        Assert.InRange(one.Transport.LinkTo(new NodeId(2)).Bulk.Bytes, 0, 4 << 20);
        release.Set();
        await one.DisconnectionAsync();
    }

    [Fact]
    public async Task Without_a_connection_messages_are_dropped_and_counted_at_once()
    {
        ClusterMember[] members = TestNode.Members(2);
        await using TestNode one = await new TestNode(1, members).StartAsync();
        for (int i = 0; i < 10; i++)
        {
            one.Send(2, TestNode.Small(1, 2, i));
        }

        one.Send(9, TestNode.Small(1, 9, 1));
        Assert.Equal(10, one.Transport.DroppedMessages);
        Assert.False(one.Transport.IsConnectedTo(new NodeId(2)));
        Assert.Contains("can't be reached", await one.Log.LineAsync(2032), StringComparison.Ordinal);
        Assert.NotNull(one.Transport.LastFailureOf(new NodeId(2)));
    }

    [Fact]
    public async Task A_link_comes_back_after_its_peer_restarted_and_the_host_hears_of_the_break()
    {
        ClusterMember[] members = TestNode.Members(2);
        await using TestNode one = await new TestNode(1, members).StartAsync();
        TestNode two = await new TestNode(2, members).StartAsync();
        MemoryJudge judge = two.Judge;
        await one.ConnectedTo(2);
        for (int round = 1; round <= 3; round++)
        {
            one.ForgetDisconnections();
            await two.DisposeAsync();
            await one.DisconnectionAsync();

            // The notice may come from the peer's own streams: this line says that the link itself is down.
            await one.Log.CountAsync(2031, round);

            two = await new TestNode(2, members, judge: judge).StartAsync();
            await one.ConnectedTo(2);
            one.Send(2, TestNode.Small(1, 2, round));
            RaftPeerMessage message = Assert.IsType<RaftPeerMessage>((await two.NextAsync()).Message);
            Assert.Equal(round, Assert.IsType<Heartbeat>(message.Message).Round);
        }

        await two.DisposeAsync();
    }

    [Fact]
    public async Task A_link_goes_where_the_override_says_not_where_the_membership_does()
    {
        ClusterMember[] members = TestNode.Members(2);
        int proxy = CallTests.FreePort();
        await using TestNode one = await new TestNode(
            1, members, o => o.PeerAddresses[new NodeId(2)] = new Uri($"http://127.0.0.1:{proxy}")).StartAsync();
        await using TestNode two = await new TestNode(
            2, members, o => o.Listen = new IPEndPoint(IPAddress.Loopback, proxy)).StartAsync();
        await one.ConnectedTo(2);
        Assert.Contains($":{proxy}", await one.Log.LineAsync(2030), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(3, 2)]
    [InlineData(1, 3)]
    public async Task A_message_in_another_nodes_name_or_for_another_node_closes_the_stream(int from, int to)
    {
        ClusterMember[] members = TestNode.Members(3);
        await using TestNode one = await new TestNode(1, members).StartAsync();
        await using TestNode two = await new TestNode(2, members).StartAsync();
        await one.ConnectedTo(2);
        one.Send(2, TestNode.Small(from, to, 1));

        string line = await two.Log.LineAsync(2034);
        Assert.Contains($"from node {from} to node {to}", line, StringComparison.Ordinal);
        Assert.Equal(0, two.ReceivedCount);
    }

    [Fact]
    public async Task An_empty_frame_is_answered_with_an_empty_frame()
    {
        ClusterMember[] members = TestNode.Members(2);
        await using TestNode one = await new TestNode(1, members).StartAsync();
        using TcpClient peer = await RawPeer.ConnectAsync(members[0].Address);
        byte[] hello = PeerProtocol.Frame(PeerProtocol.Write(new MemoryJudge(2).Hello, PeerStream.Control));
        await peer.GetStream().WriteAsync((byte[])[.. PeerProtocol.Preface, .. hello, .. PeerProtocol.Frame([])]);
        PeerProtocol.Read(new ReadOnlySequence<byte>(await RawPeer.ReadFrameAsync(peer.GetStream())));
        Assert.Empty(await RawPeer.ReadFrameAsync(peer.GetStream()));
        Assert.Equal(0, one.ReceivedCount);
    }

    [Fact]
    public async Task What_arrives_slowly_is_a_reason_for_signs_of_life()
    {
        ClusterMember[] members = TestNode.Members(2);
        FakeTimeProvider time = new();
        await using TestNode one = await new TestNode(1, members, time: time).StartAsync();
        using TcpClient peer = await RawPeer.ConnectAsync(members[0].Address);
        byte[] hello = PeerProtocol.Frame(PeerProtocol.Write(new MemoryJudge(2).Hello, PeerStream.Bulk));
        await peer.GetStream().WriteAsync((byte[])[.. PeerProtocol.Preface, .. hello]);
        PeerProtocol.Read(new ReadOnlySequence<byte>(await RawPeer.ReadFrameAsync(peer.GetStream())));
        await one.Log.LineAsync(2035);

        // A large frame, of which a byte arrives now and then.
        await peer.GetStream().WriteAsync((byte[])[0, 0, 1, 0, 0]);
        for (int i = 0; i < 3; i++)
        {
            time.Advance(TimeSpan.FromSeconds(0.6));
            await peer.GetStream().WriteAsync(new byte[1]);
            Assert.Empty(await RawPeer.ReadFrameAsync(peer.GetStream()));
        }
    }

    [Fact]
    public async Task A_peer_without_a_sign_of_life_is_dialled_anew()
    {
        ClusterMember[] members = TestNode.Members(2);
        using RawListener silent = new(members[1]);
        FakeTimeProvider time = new();
        await using TestNode one = await new TestNode(1, members, time: time).StartAsync();
        (TcpClient control, TcpClient bulk) = await silent.AcceptBothAsync();
        using TcpClient first = control;
        using TcpClient second = bulk;
        await one.ConnectedTo(2);

        // Asked once an interval; what answers is alive.
        time.Advance(TimeSpan.FromSeconds(1.1));
        Assert.Empty(await RawPeer.ReadFrameAsync(control.GetStream()));
        Assert.Empty(await RawPeer.ReadFrameAsync(bulk.GetStream()));
        Assert.True(one.Transport.IsConnectedTo(new NodeId(2)));
        for (int i = 0; i < 4; i++)
        {
            time.Advance(TimeSpan.FromSeconds(1.1));
        }

        Assert.Contains("no sign of life", await one.Log.LineAsync(2031), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_larger_than_every_buffer_on_its_way_arrives()
    {
        ClusterMember[] members = TestNode.Members(2);
        await using TestNode one = await new TestNode(1, members).StartAsync();
        await using TestNode two = await new TestNode(2, members).StartAsync();
        await one.ConnectedTo(2);
        one.Send(2, TestNode.Bulk(1, 2, 5, 20_000_000));
        RaftPeerMessage message = Assert.IsType<RaftPeerMessage>((await two.NextAsync()).Message);
        Assert.Equal(20_000_000, Assert.Single(message.Entries).Payload.Length);
    }

    [Fact]
    public async Task A_stranger_on_the_port_disturbs_no_link()
    {
        ClusterMember[] members = TestNode.Members(2);
        await using TestNode one = await new TestNode(1, members).StartAsync();
        await using TestNode two = await new TestNode(2, members).StartAsync();
        await one.ConnectedTo(2);
        for (int seed = 1; seed <= 60; seed++)
        {
            byte[] garbage = new byte[500];
            new Random(seed).NextBytes(garbage);
            using TcpClient stranger = new();
            await stranger.ConnectAsync(IPAddress.Loopback, members[1].Address.Port);
            await stranger.GetStream().WriteAsync(
                (seed % 4) switch
                {
                    0 => garbage,
                    1 => [.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, .. garbage],
                    2 => [.. PeerProtocol.Preface[..10], .. garbage],
                    _ => [.. PeerProtocol.Preface, .. garbage],
                });
        }

        one.Send(2, TestNode.Small(1, 2, 77));
        RaftPeerMessage message = Assert.IsType<RaftPeerMessage>((await two.NextAsync()).Message);
        Assert.Equal(77, Assert.IsType<Heartbeat>(message.Message).Round);
        Assert.Empty(one.Log.Lines(2031));
    }
}
