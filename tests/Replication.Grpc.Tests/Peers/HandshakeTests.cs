using System.Buffers;
using Replication.Errors;
using Replication.Grpc.Peers;
using Replication.Raft.Primitives;
using Replication.Storage.Identity;
using Replication.Transport;

namespace Replication.Grpc.Tests.Peers;

public class HandshakeTests
{
    [Fact]
    public void A_hello_survives_the_wire_and_longer_ones_of_later_versions_are_read()
    {
        PeerHello hello = new(1, 7, new NodeIdentity(Guid.NewGuid(), new NodeId(5), Guid.NewGuid()));
        byte[] wire = PeerProtocol.Write(hello, PeerStream.Bulk);
        Assert.Equal((hello, PeerStream.Bulk), PeerProtocol.Read(new ReadOnlySequence<byte>(wire)));

        byte[] longer = [.. wire, 42];
        longer[0]++;
        Assert.Equal((hello, PeerStream.Bulk), PeerProtocol.Read(new ReadOnlySequence<byte>(longer)));
    }

    [Fact]
    public void A_hello_that_is_cut_or_damaged_is_refused()
    {
        NodeIdentity identity = new(Guid.NewGuid(), new NodeId(5), Guid.NewGuid());
        byte[] wire = PeerProtocol.Write(new PeerHello(1, 1, identity), PeerStream.Control);
        for (int length = 0; length < wire.Length; length++)
        {
            ReadOnlySequence<byte> cut = new(wire, 0, length);
            Assert.Throws<MalformedMessageException>(() => PeerProtocol.Read(cut));
        }

        int refused = 0;
        for (int place = 0; place < wire.Length; place++)
        {
            byte[] damaged = [.. wire];
            damaged[place] = 0xc1;
            try
            {
                PeerProtocol.Read(new ReadOnlySequence<byte>(damaged));
            }
            catch (MalformedMessageException)
            {
                refused++;
            }
        }

        // The rest are bytes of ids.
        Assert.InRange(refused, 8, wire.Length - 32);
    }

    [Fact]
    public void A_hello_for_an_unknown_stream_is_refused()
    {
        NodeIdentity identity = new(Guid.NewGuid(), new NodeId(5), Guid.NewGuid());
        byte[] wire = PeerProtocol.Write(new PeerHello(1, 1, identity), (PeerStream)2);
        MalformedMessageException e = Assert.Throws<MalformedMessageException>(
            () => PeerProtocol.Read(new ReadOnlySequence<byte>(wire)));
        Assert.Contains("stream 2", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_refusal_tells_its_reason()
    {
        ReadOnlySequence<byte> wire = new(PeerProtocol.WriteRefusal("because of node 3"));
        Assert.Equal("because of node 3", Assert.Throws<PeerRefusedException>(() => PeerProtocol.Read(wire)).Message);
    }

    [Fact]
    public Task Nodes_without_a_common_version_refuse_each_other() =>
        RefusedAsync(new MemoryJudge(2, versionMin: 2, versionMax: 3), "no common version");

    [Fact]
    public Task A_node_of_another_cluster_is_refused() =>
        RefusedAsync(new MemoryJudge(2, cluster: Guid.NewGuid()), "other cluster");

    [Fact]
    public Task Another_node_than_the_one_dialled_is_refused() => RefusedAsync(new MemoryJudge(3), "other node 3");

    [Fact]
    public async Task A_known_node_with_a_new_directory_is_refused()
    {
        ClusterMember[] members = TestNode.Members(2);
        await using TestNode one = await new TestNode(1, members).StartAsync();
        TestNode two = await new TestNode(2, members).StartAsync();
        await one.ConnectedTo(2);
        await two.ConnectedTo(1);
        await two.DisposeAsync();

        await using TestNode wiped = await new TestNode(2, members).StartAsync();
        Assert.Contains("has a new directory", await one.Log.LineAsync(2033, "directory"), StringComparison.Ordinal);
        Assert.Contains("has a new directory", await wiped.Log.LineAsync(2032, "directory"), StringComparison.Ordinal);
        Assert.False(wiped.Transport.IsConnectedTo(new NodeId(1)));
        Assert.Equal(0, one.ReceivedCount);
    }

    [Fact]
    public async Task Versions_that_overlap_meet_at_the_highest_common_one()
    {
        ClusterMember[] members = TestNode.Members(2);
        await using TestNode one =
            await new TestNode(1, members, judge: new MemoryJudge(1, versionMax: 3)).StartAsync();
        await using TestNode two =
            await new TestNode(2, members, judge: new MemoryJudge(2, versionMin: 1, versionMax: 2)).StartAsync();
        await one.ConnectedTo(2);
        Assert.Contains("version 2", await one.Log.LineAsync(2030), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new byte[] { 0, 0, 0, 0, 3, 1, 2, 3 })]
    [InlineData(new byte[] { 0, 0, 0, 0, 0 })]
    public async Task A_stream_that_starts_with_anything_else_is_refused(byte[] frames)
    {
        ClusterMember[] members = TestNode.Members(2);
        await using TestNode one = await new TestNode(1, members).StartAsync();
        PeerRefusedException e = await Assert.ThrowsAsync<PeerRefusedException>(
            () => RawPeer.AnswerAsync(members[0].Address, frames));
        Assert.Contains("hello", e.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("hello", await one.Log.LineAsync(2033), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_preface_may_arrive_in_pieces()
    {
        ClusterMember[] members = TestNode.Members(2);
        await using TestNode one = await new TestNode(1, members).StartAsync();
        byte[] hello = PeerProtocol.Frame(PeerProtocol.Write(new MemoryJudge(2).Hello, PeerStream.Control));
        (PeerHello answer, _) = await RawPeer.AnswerAsync(members[0].Address, hello, pieceBytes: 1);
        Assert.Equal(one.Judge.Hello, answer);
    }

    /// <summary>Node 1 is as it should be; what answers at node 2's address, and dials node 1, is not.</summary>
    private static async Task RefusedAsync(MemoryJudge other, string reason)
    {
        ClusterMember[] members = TestNode.Members(3);
        await using TestNode one = await new TestNode(1, members).StartAsync();
        int self = other.Hello.Identity.NodeId.Value;
        ClusterMember[] asTheyThink = [members[0], new(new NodeId(self), members[1].Address)];
        await using TestNode two = await new TestNode(self, asTheyThink, judge: other).StartAsync();

        Assert.Contains("node 2", await one.Log.LineAsync(2032, reason), StringComparison.OrdinalIgnoreCase);
        Assert.Contains(reason, one.Transport.LastFailureOf(new NodeId(2)), StringComparison.Ordinal);
        Assert.False(one.Transport.IsConnectedTo(new NodeId(2)));
        if (self == 2)
        {
            await two.Log.LineAsync(2032, reason);
            Assert.False(two.Transport.IsConnectedTo(new NodeId(1)));
            two.Send(1, TestNode.Small(self, 1, 1));
            Assert.Equal(1, two.Transport.DroppedMessages);
        }

        Assert.Equal(0, one.ReceivedCount);
    }
}
